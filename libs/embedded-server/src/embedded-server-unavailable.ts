/** The embedded PostgreSQL cannot be started, adopted or reached. The message says what to do, in words for a person. */
export class EmbeddedServerUnavailable extends Error {
  override readonly name: string = 'EmbeddedServerUnavailable'
}

/** Another process starts, runs or stops the server of the folder. */
export class FolderHeld extends EmbeddedServerUnavailable {
  override readonly name = 'FolderHeld'
}
