import { realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { clusterFolder } from './cluster'
import { FolderHeld } from './embedded-server-unavailable'
import { findRunningServer } from './find-running-server'
import { claimBesideOthers, claimsOfOthers, lockFolder, type FolderLock } from './folder-lock'
import { startEmbeddedServer, type EmbeddedServer, type EmbeddedServerOptions } from './start-embedded-server'
import { stopServer } from './stop-server'

/** Longer than a start of another process, and than a stop. */
const REACH_TIMEOUT_MS = 30_000
const LOOK_MS = 50

export interface SharedServer {
  /** As superuser, with the generated password. */
  readonly connectionString: string
  /** Stops the server if nobody else uses it and no platform runs it. A repeat is safe. */
  leave(): Promise<void>
}

interface Place extends Pick<EmbeddedServerOptions, 'dataDir' | 'log'> {
  /** Claims of those who use the server, of those who are leaving, and of the one who looks after it. */
  readonly users: string
  readonly leaving: string
  readonly claims: string
}

/**
 * Uses the server of this folder together with others: the running one, or it is started. The last one who leaves stops it;
 * one that a platform runs is left to it. Whoever leaves says so before he looks for users, and whoever comes says so before
 * he looks for those who leave: so nobody's server is stopped under him.
 * Throws EmbeddedServerUnavailable; FolderHeld when another process neither has the server ready nor gives the folder up.
 */
export async function shareEmbeddedServer({ dataDir, log }: Pick<Place, 'dataDir' | 'log'>): Promise<SharedServer> {
  const folder = clusterFolder(resolve(dataDir))
  const place = { dataDir, log, users: `${folder}/users`, leaving: `${folder}/leaving`, claims: `${folder}/claims` }
  const use = claimBesideOthers(place.users)
  try {
    const { connectionString, own } = await reach(place)
    let left: Promise<void> | undefined
    return { connectionString, leave: () => (left ??= leave(place, use, own)) }
  } catch (error) {
    use.release()
    throw error
  }
}

interface Reached {
  readonly connectionString: string
  /** Absent where another process looks after the server. */
  readonly own?: EmbeddedServer
}

async function reach(place: Place): Promise<Reached> {
  const deadline = performance.now() + REACH_TIMEOUT_MS
  for (;;) {
    try {
      return await visitOrStart(place)
    } catch (error) {
      if (!(error instanceof FolderHeld) || performance.now() > deadline) throw error
    }
    await pause(LOOK_MS)
  }
}

async function visitOrStart({ dataDir, log, users, leaving, claims }: Place): Promise<Reached> {
  if (claimsOfOthers(leaving).length > 0) throw new FolderHeld('PostgreSQL is being stopped by another process.')
  const running = findRunningServer(dataDir)
  // One that nobody looks after may be about to be stopped by the watchdog of a killed process: it is taken over.
  if (running && claimsOfOthers(claims).length > 0) return { connectionString: running.connectionString }
  const isUsedByOthers = () => claimsOfOthers(users).length > 0
  const own = await startEmbeddedServer({ dataDir, log, isUsedByOthers })
  return { connectionString: own.connectionString, own }
}

async function leave(place: Place, use: FolderLock, own: EmbeddedServer | undefined): Promise<void> {
  const leaving = claimBesideOthers(place.leaving)
  try {
    use.release()
    await own?.leave()
    await stopUnused(place)
  } finally {
    leaving.release()
  }
}

/** Looks only when its own claims are gone: of several who leave at once, the last one at least finds nobody. */
async function stopUnused({ dataDir, log, users, leaving, claims }: Place): Promise<void> {
  const othersWhoLeave = claimsOfOthers(leaving)
  const isLookedAfter = claimsOfOthers(claims).some((claim) => !othersWhoLeave.includes(claim))
  if (isLookedAfter || claimsOfOthers(users).length > 0) return
  try {
    const lock = await lockFolder(claims)
    try {
      const home = realpathSync(join(clusterFolder(resolve(dataDir)), 'server'))
      if (claimsOfOthers(users).length === 0) await stopServer(join(home, 'data'), log)
    } finally {
      lock.release()
    }
  } catch (error) {
    // A platform has taken it over, or another one who leaves is stopping it.
    if (!(error instanceof FolderHeld)) throw error
  }
}
