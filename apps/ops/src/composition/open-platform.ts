import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { EmbeddedServerUnavailable, shareEmbeddedServer } from '@billstream/embedded-server'
import { ScannedEventIndex, StoreUnavailable, type Log, type ScanWatch } from '@billstream/event-sourcing-runtime'
import { EventStoreUrlUnusable } from '@billstream/event-store-kurrentdb'
import { PostgresEventIndex } from '@billstream/event-store-postgres'
import {
  allMigrations,
  allProjections,
  loopsOfServices,
  openPostgresPlatform,
  proveServerSecret,
  type PostgresPlatform,
} from '@billstream/hosting'
import { MasterKeyDiffers, RolesMissing, TenantsNotSeparated, type Database } from '@billstream/persistence-postgres'
import { counted } from '../console/counted'
import { CommandEnded } from '../console/outcome'
import type { OpsPorts } from '../ops'
import type { OpsSettings } from './settings'

/** Connections of each of the two roles: a visitor's share. */
const POOL_MAX = 4

const OTHER_SECRET =
  'is not the one under which the platform has sealed its data. Set it as the platform has it, or unset it for the one in DATA_DIR.'

/** Where PostgreSQL is, and what must be stopped afterwards. */
export interface Place {
  readonly connectionString: string
  close(): Promise<void>
}

/**
 * The PostgreSQL of the settings. The embedded one that a platform runs is only visited; one that does not run is started,
 * and stopped again by `close` when no other command uses it. Throws CommandEnded, saying what is missing.
 */
export async function findPlace(settings: OpsSettings, log: Log): Promise<Place> {
  const { databaseUrl, dataDir } = settings
  if (databaseUrl !== undefined) return { connectionString: databaseUrl, close: () => Promise.resolve() }
  if (!existsSync(join(dataDir, 'postgres'))) {
    throw new CommandEnded('unavailable', `DATA_DIR: ${dataDir} holds no platform. Set DATA_DIR or DATABASE_URL.`)
  }
  try {
    const server = await shareEmbeddedServer({ dataDir, log: (message) => log.info({}, message) })
    return { connectionString: server.connectionString, close: () => server.leave() }
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
 * Throws CommandEnded, saying what is missing or out of reach. watch: of walks through the whole store.
 */
export async function openPlatform(settings: OpsSettings, log: Log, watch: ScanWatch = {}): Promise<OpenedPlatform> {
  const place = await findPlace(settings, log)
  try {
    const platform = await openVisited(place, settings, log)
    const { ports, database } = platform
    return {
      database,
      ports: {
        ...ports,
        ...{ projections: allProjections, consumers: loopsOfServices.consumers },
        // Only PostgreSQL has indexes of its own; of another store everything is read.
        eventIndex:
          settings.eventStoreUrl === undefined
            ? new PostgresEventIndex(database.worker)
            : new ScannedEventIndex(ports.eventStore, watch),
      },
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
async function openVisited({ connectionString }: Place, settings: OpsSettings, log: Log): Promise<PostgresPlatform> {
  const { serverSecret, eventStoreUrl } = settings
  if (serverSecret === undefined) {
    throw new CommandEnded(
      'wrong_usage',
      'SERVER_SECRET: is needed for what is encrypted; give it as the platform has it.',
    )
  }
  const options = { connectionString, serverSecret, eventStoreUrl, poolMax: POOL_MAX, migrations: 'none' } as const
  const platform = await openPostgresPlatform(options, log)
  try {
    await refuseOtherVersions(platform.database)
    await proveServerSecret(platform.database, serverSecret)
    return platform
  } catch (error) {
    await platform.close()
    throw error
  }
}

async function refuseOtherVersions(database: Database): Promise<void> {
  const [first, ...others] = await database.pendingMigrations(allMigrations)
  if (first === undefined) return
  throw new CommandEnded(
    'refused',
    `The database lacks ${counted(others.length + 1, 'migration')} of this version (first: ${first}): start the platform once. See ops doctor.`,
  )
}

function explained(error: unknown): unknown {
  if (error instanceof StoreUnavailable) {
    return new CommandEnded('unavailable', `PostgreSQL cannot be reached: ${error.message}`)
  }
  if (error instanceof EventStoreUrlUnusable)
    return new CommandEnded('wrong_usage', `EVENT_STORE_URL: ${error.message}`)
  if (error instanceof MasterKeyDiffers) return new CommandEnded('wrong_usage', `SERVER_SECRET: ${OTHER_SECRET}`)
  if (error instanceof RolesMissing || error instanceof TenantsNotSeparated) {
    return new CommandEnded('refused', error.message)
  }
  return error
}
