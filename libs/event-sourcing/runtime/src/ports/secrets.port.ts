/** Encrypted rows. Events carry only their ids. */
export interface Secrets {
  put(organizationId: string, id: string, value: string): Promise<void>
  get(organizationId: string, id: string): Promise<string | undefined>
  remove(organizationId: string, id: string): Promise<void>
}

/** Keys of persons: `personal` members of events are encrypted under them. Without its key a person cannot be read. */
export interface PersonKeys {
  /** The key of a subject, made if it has none and was not erased; undefined when erased. 32 bytes. */
  ensure(organizationId: string, subject: string): Promise<Buffer | undefined>
  find(organizationId: string, subjects: readonly string[]): Promise<ReadonlyMap<string, Buffer>>
  erase(organizationId: string, subject: string): Promise<void>
}
