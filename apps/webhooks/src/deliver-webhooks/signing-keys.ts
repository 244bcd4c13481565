import { readHmacKey } from '@billstream/accounts-contracts'
import type { Secrets } from '@billstream/event-sourcing-runtime'
import { compareInstants, type Instant } from '@billstream/kernel'

export interface SigningKeys {
  readonly current: string
  /** Every key that signs now, the current one first. */
  readonly all: readonly string[]
}

/** Throws when the organization has no keys: nothing may go out unsigned. */
export async function signingKeysOf(
  secrets: Secrets,
  { organizationId, secretId }: { readonly organizationId: string; readonly secretId: string },
  now: Instant,
): Promise<SigningKeys> {
  const stored = await secrets.get(organizationId, secretId)
  if (stored === undefined) throw new Error(`The organization ${organizationId} has no webhook key.`)
  const { current, previous } = readHmacKey(stored)
  const old = previous && compareInstants(previous.until, now) > 0 ? [previous.key] : []
  return { current, all: [current, ...old] }
}
