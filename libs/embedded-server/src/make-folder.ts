import { mkdirSync } from 'node:fs'
import { EmbeddedServerUnavailable } from './embedded-server-unavailable'

/**
 * Makes the data folder or one in it, and those above it, unless they are there. Throws EmbeddedServerUnavailable, naming DATA_DIR,
 * where a file is in the way or nothing may be written.
 */
export function makeFolder(folder: string, mode: number): void {
  try {
    mkdirSync(folder, { recursive: true, mode })
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException
    if (syscall !== 'mkdir') throw error
    throw new EmbeddedServerUnavailable(`DATA_DIR: ${message}.`, { cause: error })
  }
}
