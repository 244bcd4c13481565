import { createHmac } from 'node:crypto'
import { boxBillingWebhookHeaders } from '@billstream/apis-boxbilling'
import { epochMillis, type Instant } from '@billstream/kernel'
import type { SigningKeys } from './signing-keys'

const ENCODED_KEY = 'whsec_'

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
    'webhook-signature': keys.all.map((key) => `v1,${hmac(keyBytes(key), signed, 'base64')}`).join(' '),
    ...boxBillingWebhookHeaders(id, hmac(Buffer.from(keys.current), body, 'hex')),
  }
}

/** The key of Standard Webhooks: base64 after `whsec_`, else the text's bytes. */
function keyBytes(key: string): Buffer {
  return key.startsWith(ENCODED_KEY) ? Buffer.from(key.slice(ENCODED_KEY.length), 'base64') : Buffer.from(key)
}

function hmac(key: Buffer, text: string, encoding: 'hex' | 'base64'): string {
  return createHmac('sha256', key).update(text).digest(encoding)
}
