import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * A body that holds a secret, under a key that only the caller can derive again: from its credential and its idempotency key.
 * Source: rules/boxbilling.md, section 2.
 */
export function sealBody(body: string, credential: string, idempotencyKey: string): string {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, keyOf(credential, idempotencyKey), nonce)
  const sealed = Buffer.concat([cipher.update(body, 'utf8'), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64')
}

/** undefined: another credential sealed it. */
export function openBody(sealed: string, credential: string, idempotencyKey: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64')
  const decipher = createDecipheriv(CIPHER, keyOf(credential, idempotencyKey), bytes.subarray(0, NONCE_BYTES))
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
  try {
    return Buffer.concat([opened, decipher.final()]).toString('utf8')
  } catch {
    // The tag does not fit: the one failure that `final` has here.
    return undefined
  }
}

function keyOf(credential: string, idempotencyKey: string): Buffer {
  return Buffer.from(hkdfSync('sha256', credential, idempotencyKey, 'billstream kept answer', KEY_BYTES))
}
