import { createHmac, randomBytes } from 'node:crypto'
import { hashOfKey } from '../../../edge/authentication/api-key-directory'
import { idOf } from '../../../edge/commands/command-sender'
import type { Call } from '../../../edge/operation/operation'

const KEY_BYTES = 32
const PREFIX_LENGTH = 12

export interface NewApiKey {
  readonly keyId: string
  readonly rawKey: string
  readonly prefix: string
  readonly hash: string
}

/** Makes API keys. */
export class ApiKeyMaker {
  constructor(private readonly serverSecret: string) {}

  /**
   * A key for this call. With an idempotency key it is derived, so that a repeat after a crash answers the key that was stored;
   * else it is random.
   */
  make(call: Call): NewApiKey {
    const secret = call.idempotencyKey === undefined ? randomBytes(KEY_BYTES) : this.derived(call)
    const rawKey = `bxb_live_${secret.toString('hex')}`
    return { keyId: idOf('api-key', call), rawKey, prefix: rawKey.slice(0, PREFIX_LENGTH), hash: hashOfKey(rawKey) }
  }

  private derived({ commandId }: Call): Buffer {
    return createHmac('sha256', this.serverSecret).update(`api-key:${commandId}`).digest()
  }
}
