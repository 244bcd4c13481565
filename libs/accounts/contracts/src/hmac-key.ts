/**
 * The encrypted row behind `hmacKeySecretId`: the key that signs an organization's webhooks.
 * `previous` signs along until `previousUntil` (real time). Source: rules/boxbilling.md, section 16.
 */
export interface HmacKey {
  readonly current: string
  readonly previous: string | null
  readonly previousUntil: string | null
}

/** How long a replaced key signs along, in hours. */
export const PREVIOUS_HMAC_KEY_HOURS = 24

export function writeHmacKey(key: HmacKey): string {
  return JSON.stringify(key)
}

/** Reads what `writeHmacKey` wrote. */
export function readHmacKey(row: string): HmacKey {
  return JSON.parse(row) as HmacKey
}
