import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { MESSAGE_BYTES_MAX } from '@billstream/messaging'

const ALGORITHM = 'aes-256-gcm'
const VERSION = Buffer.from([1])
const SALT_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
/** Of the nonce; the most that a Buffer writes as one integer. */
const COUNTER_BYTES = 6
const HEAD_BYTES = VERSION.length + SALT_BYTES + NONCE_BYTES + TAG_BYTES
const PURPOSE = 'billstream:messages'
/** Keys of other processes that are remembered. */
const KEYS_MAX = 1_000

/** A message of the greatest size when it is sealed, in bytes. */
export const SEALED_BYTES_MAX = MESSAGE_BYTES_MAX + HEAD_BYTES

/** Which message a body belongs to: in any other it cannot be opened. */
export interface MessageIdentity {
  /** As `@billstream/messaging` names it. */
  readonly topic: string
  /** Of a request and its reply. */
  readonly requestId: string | undefined
}

/**
 * Bodies of messages as JSON, encrypted with AES-256-GCM: a version, salt, nonce, tag, ciphertext. Whoever has the same server's
 * secret can open them. The salt is drawn once and gives a key of its own (HKDF), under which the nonces are counted: a bus has
 * too many messages for random nonces under one key (NIST SP 800-38D, sections 8.2.1 and 8.3).
 */
export class MessageSeal {
  private readonly salt = randomBytes(SALT_BYTES)
  private readonly keys = new Map<string, Buffer>()
  private sealed = 0

  constructor(private readonly serverSecret: string) {}

  seal(body: unknown, identity: MessageIdentity): Buffer {
    const nonce = Buffer.alloc(NONCE_BYTES)
    nonce.writeUIntBE((this.sealed += 1), NONCE_BYTES - COUNTER_BYTES, COUNTER_BYTES)
    const cipher = createCipheriv(ALGORITHM, this.keyOf(this.salt), nonce).setAAD(textOf(identity))
    const ciphertext = [cipher.update(JSON.stringify(body), 'utf8'), cipher.final()]
    return Buffer.concat([VERSION, this.salt, nonce, cipher.getAuthTag(), ...ciphertext])
  }

  /** The body. Throws when it was not sealed, or under another secret, or for another message. */
  open(sealed: Buffer | null, identity: MessageIdentity): unknown {
    if (!sealed || sealed.length < HEAD_BYTES || sealed[0] !== VERSION[0]) throw new TypeError('It is not sealed.')
    let at = VERSION.length
    const take = (bytes: number) => sealed.subarray(at, (at += bytes))
    const [salt, nonce, tag] = [take(SALT_BYTES), take(NONCE_BYTES), take(TAG_BYTES)]
    const decipher = createDecipheriv(ALGORITHM, this.keyOf(salt), nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(textOf(identity)).setAuthTag(tag)
    const plain = [decipher.update(sealed.subarray(at)), finalOf(decipher)]
    return JSON.parse(Buffer.concat(plain).toString('utf8')) as unknown
  }

  private keyOf(salt: Buffer): Buffer {
    const name = salt.toString('latin1')
    const known = this.keys.get(name)
    if (known) return known
    if (this.keys.size >= KEYS_MAX) this.keys.clear()
    const key = Buffer.from(hkdfSync('sha256', this.serverSecret, salt, PURPOSE, KEY_BYTES))
    this.keys.set(name, key)
    return key
  }
}

/** What the cipher itself says of it names no cause. */
function finalOf(decipher: { final(): Buffer }): Buffer {
  try {
    return decipher.final()
  } catch (error) {
    throw new TypeError('It was sealed under another SERVER_SECRET or for another message, or was changed.', {
      cause: error,
    })
  }
}

function textOf({ topic, requestId = '' }: MessageIdentity): Buffer {
  return Buffer.from(`${topic} ${requestId}`)
}
