import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { addressOf, clusterFolder } from './cluster'
import { livePostmaster } from './postmaster'
import { DATABASE } from './provide-database'

/** A server that another process looks after. */
export interface RunningServer {
  /** As superuser, with the generated password, by the server's Unix socket or on loopback. */
  readonly connectionString: string
  readonly port: number
}

/**
 * The server of this DATA_DIR if one is ready; undefined when none runs, or it is starting or stopping. Nothing is
 * started, claimed or stopped: it is a visitor's look, beside the process that owns the folder.
 */
export function findRunningServer(dataDir: string): RunningServer | undefined {
  const home = join(clusterFolder(resolve(dataDir)), 'server')
  if (!existsSync(join(home, 'password'))) return undefined
  // The server was started with the real path of its folder.
  const postmaster = livePostmaster(join(realpathSync(home), 'data'))
  if (postmaster?.status !== 'ready') return undefined
  const password = readFileSync(join(home, 'password'), 'utf8')
  return {
    connectionString: addressOf({ password }, { ...postmaster, database: DATABASE }),
    port: postmaster.port,
  }
}
