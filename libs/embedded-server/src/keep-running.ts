import { setTimeout as pause } from 'node:timers/promises'
import { livePostmaster } from './postmaster'

/** How often the server is looked after, in milliseconds. */
const WATCH_MS = 500

export interface Keeper {
  /** Ends the watch; resolves when a start that is under way has ended. */
  end(): Promise<void>
}

/**
 * A server that ends while its application lives is started again: what was acknowledged is on disk, and the
 * application's connections come back by themselves. A start that fails is told and tried again.
 */
export function keepRunning(
  dataFolder: string,
  startAgain: () => Promise<void>,
  log: (message: string) => void,
): Keeper {
  const over = new AbortController()
  const watching = watch(dataFolder, startAgain, { log, signal: over.signal })
  return {
    async end() {
      over.abort()
      await watching
    },
  }
}

async function watch(
  dataFolder: string,
  startAgain: () => Promise<void>,
  { log, signal }: { log: (message: string) => void; signal: AbortSignal },
): Promise<void> {
  while (!(await isOver(signal))) {
    if (livePostmaster(dataFolder) !== undefined) continue
    log('PostgreSQL has ended unexpectedly and is started again.')
    await startAgain().catch((error: unknown) => log(`PostgreSQL could not be started again: ${String(error)}`))
  }
}

/** Looks after a while. The watch itself keeps no process alive; its end is no failure. */
async function isOver(signal: AbortSignal): Promise<boolean> {
  if (!signal.aborted) await pause(WATCH_MS, undefined, { signal, ref: false }).catch(() => undefined)
  return signal.aborted
}
