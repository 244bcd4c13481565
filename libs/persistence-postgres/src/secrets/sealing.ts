import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

export const MASTER_KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const CIPHER = 'aes-256-gcm'

/** A stored secret cannot be opened: the master key is another one than it was sealed under. */
export class MasterKeyDiffers extends Error {
  override readonly name = 'MasterKeyDiffers'
}

/**
 * AES-256-GCM under a master key. What is sealed for one place (organization, id) cannot be opened for another, so a row
 * that was moved or exchanged in the database is noticed.
 */
export class Sealing {
  /** masterKey: 32 bytes; else throws RangeError. */
  constructor(private readonly masterKey: Buffer) {
    if (masterKey.length !== MASTER_KEY_BYTES) {
      throw new RangeError(`The master key of secrets must have ${MASTER_KEY_BYTES} bytes, not ${masterKey.length}.`)
    }
  }

  /** Base64 of nonce, cipher text and tag. */
  seal(plain: Buffer, place: readonly string[]): string {
    const nonce = randomBytes(NONCE_BYTES)
    const cipher = createCipheriv(CIPHER, this.masterKey, nonce).setAAD(placeBytes(place))
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64')
  }

  /** Throws MasterKeyDiffers when it was sealed under another key or for another place. */
  open(sealed: string, place: readonly string[]): Buffer {
    const bytes = Buffer.from(sealed, 'base64')
    const decipher = createDecipheriv(CIPHER, this.masterKey, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(placeBytes(place)).setAuthTag(bytes.subarray(-TAG_BYTES))
    try {
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()])
    } catch (cause) {
      throw new MasterKeyDiffers('A stored secret cannot be opened: it was sealed under another master key.', { cause })
    }
  }
}

function placeBytes(place: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify(place))
}
