import { LRUCache } from 'lru-cache'
import type { PersonKeys } from '../ports/secrets.port'

const KEYS_MAX = 10_000
const KEY_KEPT_MS = 5_000

/**
 * Keys of persons, remembered for a moment: reading a stream or rebuilding a view asks once per person, not once per event.
 * One instance per process, used for reading and for erasing. Erasing here forgets the key at once. Another process may
 * still open what it reads for KEY_KEPT_MS, as if it had read just before; what it derives from that is cleared by the
 * erasure's own event, which every view meets after the events of the person.
 * A key that is gone stays gone: an event is sealed only after its key is stored, so "not found" always means erased.
 */
export class CachedPersonKeys implements PersonKeys {
  private readonly known = new LRUCache<string, { key: Buffer | undefined }>({ max: KEYS_MAX, ttl: KEY_KEPT_MS })

  constructor(private readonly keys: PersonKeys) {}

  async ensure(organizationId: string, subject: string): Promise<Buffer | undefined> {
    const place = placeOf(organizationId, subject)
    const known = this.known.get(place)
    return known ? known.key : this.remember(place, await this.keys.ensure(organizationId, subject))
  }

  async find(organizationId: string, subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    const unknown = subjects.filter((subject) => !this.known.has(placeOf(organizationId, subject)))
    const asked = unknown.length > 0 ? await this.keys.find(organizationId, unknown) : new Map<string, Buffer>()
    const found = new Map<string, Buffer>()
    for (const subject of subjects) {
      const place = placeOf(organizationId, subject)
      const known = this.known.get(place)
      const key = known ? known.key : this.remember(place, asked.get(subject))
      if (key) found.set(subject, key)
    }
    return found
  }

  async erase(organizationId: string, subject: string): Promise<void> {
    await this.keys.erase(organizationId, subject)
    this.known.set(placeOf(organizationId, subject), { key: undefined })
  }

  /** An answer that was on its way while the key was erased does not bring it back. */
  private remember(place: string, key: Buffer | undefined): Buffer | undefined {
    const known = this.known.get(place)
    if (known) return known.key
    const own = key && ownBytes(key)
    this.known.set(place, { key: own })
    return own
  }
}

/** A small buffer is mostly a piece of a larger one of Node's, which it would keep whole: 8 KB for 32 bytes. */
function ownBytes(bytes: Buffer): Buffer {
  const own = Buffer.alloc(bytes.length)
  bytes.copy(own)
  return own
}

function placeOf(organizationId: string, subject: string): string {
  return JSON.stringify([organizationId, subject])
}
