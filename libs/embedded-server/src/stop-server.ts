import { awaitEnd, livePostmaster, signalPostmaster } from './postmaster'

/** Together below the 5 s that a whole stop may take. */
const FAST_STOP_TIMEOUT_MS = 3_500
const IMMEDIATE_STOP_TIMEOUT_MS = 1_000

/** Stops the server of the data folder within 5 s; does nothing where none runs. */
export async function stopServer(dataFolder: string, log: (message: string) => void): Promise<void> {
  const running = livePostmaster(dataFolder)
  if (running === undefined) return
  signalPostmaster(dataFolder, 'SIGINT')
  if (await awaitEnd(dataFolder, running, FAST_STOP_TIMEOUT_MS)) return
  log(
    'PostgreSQL needs too long for its last checkpoint: it is stopped at once and will replay its log at the next start.',
  )
  signalPostmaster(dataFolder, 'SIGQUIT')
  await awaitEnd(dataFolder, running, IMMEDIATE_STOP_TIMEOUT_MS)
}
