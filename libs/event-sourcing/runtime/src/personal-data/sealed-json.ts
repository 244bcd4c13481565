import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16
const VERSION = 'v1.'

/**
 * JSON, encrypted with AES-256-GCM: `v1.` and base64 of nonce, tag and ciphertext. key: 32 bytes.
 * `context` is authenticated with it, so a sealed text cannot be moved to another event. The nonce is random: one key
 * seals far fewer than the 2^32 texts that random nonces allow (NIST SP 800-38D, section 8.3).
 */
export function sealJson(value: unknown, key: Buffer, context: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context))
  const ciphertext = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()])
  return VERSION + Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]).toString('base64')
}

/** The value that was sealed. Throws when text, key or context are not those it was sealed with. */
export function openJson(sealed: string, key: Buffer, context: string): unknown {
  if (!sealed.startsWith(VERSION)) throw new Error('Sealed by an unknown version.')
  const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64')
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(context)).setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()])
  return JSON.parse(text.toString('utf8'))
}
