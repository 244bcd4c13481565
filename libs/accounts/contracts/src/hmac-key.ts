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

const ENCODED = 'whsec_'
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{2}==)$/

/** The bytes that sign by Standard Webhooks: base64 after `whsec_`, else the text's in UTF-8. Source: domain.md, section 13. */
export function hmacKeyBytes(key: string): Buffer {
  return key.startsWith(ENCODED) ? Buffer.from(key.slice(ENCODED.length), 'base64') : Buffer.from(key)
}

/** Whether receivers can read a key, and nobody can guess it: without bytes, or of blanks, it would prove nothing. */
export function isHmacKey(key: string): boolean {
  return key.startsWith(ENCODED) ? BASE64.test(key.slice(ENCODED.length)) : key.trim() !== ''
}
