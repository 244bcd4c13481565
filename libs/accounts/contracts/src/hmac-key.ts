/** The encrypted row behind `hmacKeySecretId`: the key that signs an organization's webhooks. Source: rules/boxbilling.md, section 16. */
export interface HmacKey {
  readonly current: string
  /** The key before it signs along until `until` (real time), so that receivers can change over. */
  readonly previous: { readonly key: string; readonly until: string } | null
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
