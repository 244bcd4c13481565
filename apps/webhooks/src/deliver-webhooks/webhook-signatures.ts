import { createHmac } from 'node:crypto'
import { hmacKeyBytes } from '@billstream/accounts-contracts'
import { boxBillingWebhookHeaders } from '@billstream/apis-boxbilling'
import { epochMillis, type Instant } from '@billstream/kernel'
import type { SigningKeys } from './signing-keys'

/**
 * The headers of one attempt: those of Standard Webhooks with the time of this attempt, signed with every key that holds now,
 * and those of the API. Source: domain.md, section 13; rules/boxbilling.md, section 16.
 */
export function webhookHeaders(
  { id, body }: { readonly id: string; readonly body: string },
  keys: SigningKeys,
  now: Instant,
): Record<string, string> {
  const timestamp = String(Math.floor(epochMillis(now) / 1_000))
  const signed = `${id}.${timestamp}.${body}`
  return {
    'content-type': 'application/json',
    'user-agent': 'Billstream-Webhooks',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': keys.all.map((key) => `v1,${hmac(hmacKeyBytes(key), signed, 'base64')}`).join(' '),
    ...boxBillingWebhookHeaders(id, hmac(Buffer.from(keys.current), body, 'hex')),
  }
}

function hmac(key: Buffer, text: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', key).update(text).digest(encoding)
}
