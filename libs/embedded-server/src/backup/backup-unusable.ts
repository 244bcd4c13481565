/** A backup that cannot be made or restored. The message says why, in words for a person. */
export class BackupUnusable extends Error {
  override readonly name = 'BackupUnusable'
}
