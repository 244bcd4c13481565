import { randomBytes } from 'node:crypto'
import type { PersonKeys, Secrets } from '../ports/secrets.port'

/** Secrets of one process, not encrypted: they never leave its memory. */
export class MemorySecrets implements Secrets {
  private readonly values = new Map<string, string>()

  async put(organizationId: string, id: string, value: string): Promise<void> {
    this.values.set(placeOf(organizationId, id), value)
  }

  async get(organizationId: string, id: string): Promise<string | undefined> {
    return this.values.get(placeOf(organizationId, id))
  }

  async remove(organizationId: string, id: string): Promise<void> {
    this.values.delete(placeOf(organizationId, id))
  }
}

const PERSON_KEY_BYTES = 32
const ERASED = 'erased'

/** Keys of persons of one process. `makeKey` gives 32 bytes; a simulation passes one that follows from its seed. */
export class MemoryPersonKeys implements PersonKeys {
  private readonly keys = new Map<string, Buffer | typeof ERASED>()

  constructor(private readonly makeKey: () => Buffer = () => randomBytes(PERSON_KEY_BYTES)) {}

  async ensure(organizationId: string, subject: string): Promise<Buffer | undefined> {
    const place = placeOf(organizationId, subject)
    const key = this.keys.get(place) ?? this.makeKey()
    this.keys.set(place, key)
    return key === ERASED ? undefined : key
  }

  async find(organizationId: string, subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    const found = new Map<string, Buffer>()
    for (const subject of subjects) {
      const key = this.keys.get(placeOf(organizationId, subject))
      if (key !== undefined && key !== ERASED) found.set(subject, key)
    }
    return found
  }

  async erase(organizationId: string, subject: string): Promise<void> {
    this.keys.set(placeOf(organizationId, subject), ERASED)
  }
}

function placeOf(organizationId: string, id: string): string {
  return JSON.stringify([organizationId, id])
}
