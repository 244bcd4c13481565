import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedServerUnavailable, findRunningServer, startEmbeddedServer } from '@billstream/embedded-server'
import { ScannedEventIndex, StoreUnavailable, type Log } from '@billstream/event-sourcing-runtime'
import { PostgresEventIndex } from '@billstream/event-store-postgres'
import { allMigrations, allProjections, openPostgresPlatform } from '@billstream/hosting'
import { openDatabase, RolesMissing, TenantsNotSeparated, type Database } from '@billstream/persistence-postgres'
import { CommandEnded } from '../console/outcome'
import type { OpsPorts } from '../ops'
import type { OpsSettings } from './settings'

/** Connections of each of the two roles: a visitor's share. */
const POOL_MAX = 4

/** Where PostgreSQL is, and what must be stopped afterwards. */
export interface Place {
  readonly connectionString: string
  close(): Promise<void>
}

/**
 * The PostgreSQL of the settings. The embedded one that a platform runs is only visited; one that does not run is started
 * and stopped again by `close`. Throws CommandEnded, saying what is missing.
 */
export async function findPlace(settings: OpsSettings, log: Log): Promise<Place> {
  const { databaseUrl, dataDir } = settings
  if (databaseUrl !== undefined) return { connectionString: databaseUrl, close: () => Promise.resolve() }
  if (!existsSync(join(dataDir, 'postgres'))) {
    throw new CommandEnded('unavailable', `DATA_DIR: ${dataDir} holds no platform. Set DATA_DIR or DATABASE_URL.`)
  }
  const running = findRunningServer(dataDir)
  if (running) return { connectionString: running.connectionString, close: () => Promise.resolve() }
  try {
    const server = await startEmbeddedServer({ dataDir, log: (message) => log.info({}, message) })
    return { connectionString: server.connectionString, close: () => server.stop() }
  } catch (error) {
    if (error instanceof EmbeddedServerUnavailable) throw new CommandEnded('unavailable', error.message)
    throw error
  }
}

export interface OpenedPlatform {
  readonly ports: OpsPorts
  readonly database: Database
  close(): Promise<void>
}

/**
 * The platform's ports, as its services have them. A platform whose migrations have not run is left as it is.
 * Throws CommandEnded, saying what is missing or out of reach.
 */
export async function openPlatform(settings: OpsSettings, log: Log): Promise<OpenedPlatform> {
  const { serverSecret } = settings
  if (serverSecret === undefined) {
    throw new CommandEnded(
      'wrong_usage',
      'SERVER_SECRET: is needed to read what is encrypted; give it as the platform has it.',
    )
  }
  const place = await findPlace(settings, log)
  try {
    await refuseOtherVersion(place, log)
    const platform = await openPostgresPlatform(
      { connectionString: place.connectionString, serverSecret, poolMax: POOL_MAX },
      log,
    )
    return {
      ports: {
        ...platform.ports,
        projections: allProjections,
        eventIndex: settings.eventStoreUrl
          ? new ScannedEventIndex(platform.ports.eventStore)
          : new PostgresEventIndex(platform.database.worker),
      },
      database: platform.database,
      async close() {
        await platform.close()
        await place.close()
      },
    }
  } catch (error) {
    await place.close()
    throw explained(error)
  }
}

/** The tool reads what its own version wrote; it is the platform's start that brings a database up to date. */
async function refuseOtherVersion({ connectionString }: Place, log: Log): Promise<void> {
  const database = await openDatabase({ connectionString, poolMax: 1, log })
  try {
    const pending = await database.pendingMigrations(allMigrations)
    if (pending.length === 0) return
    throw new CommandEnded(
      'refused',
      `The database lacks ${pending.length} migrations of this version (first: ${pending[0]}). Start the platform once, or see ops doctor.`,
    )
  } finally {
    await database.close()
  }
}

function explained(error: unknown): unknown {
  if (error instanceof StoreUnavailable) {
    return new CommandEnded('unavailable', `PostgreSQL cannot be reached: ${error.message}`)
  }
  if (error instanceof RolesMissing || error instanceof TenantsNotSeparated) {
    return new CommandEnded('refused', error.message)
  }
  return error
}
