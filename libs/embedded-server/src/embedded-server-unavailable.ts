/** The embedded PostgreSQL cannot be started, adopted or reached. The message says what to do, in words for a person. */
export class EmbeddedServerUnavailable extends Error {
  override readonly name = 'EmbeddedServerUnavailable'
}
