import { Client, Pool } from 'pg'
import type { Log } from '@billstream/event-sourcing-runtime'
import { connectionSettings } from './connection-settings'
import { pendingMigrations, runMigrations, type Migration } from './migrations'
import { Notifications } from './notifications'
import { Pipeline } from './pipeline'
import { ClientQueries, PooledQueries, type Queries } from './queries'
import { APP_ROLE, ensureRoles, WORKER_ROLE } from './roles'
import { TenantQuery } from './tenant-query'
import { assertTenantsSeparated } from './tenant-safety'
import { named } from './unavailable'

/** A tenant's statement that runs longer is ended by the server. */
const REQUEST_STATEMENT_TIMEOUT_MS = 15_000

export interface DatabaseOptions {
  /** URL of the owner: may create schemas, and the two roles unless they exist. */
  readonly connectionString: string
  /** Connections of each of the two pools; beside them one for notifications, and one for the pipeline once it is used. */
  readonly poolMax: number
  readonly log: Log
  /** Between two notifications that this process sends, in milliseconds (0). */
  readonly hintRestMs?: number
}

/** How much a pool is used now. */
export interface PoolUse {
  readonly role: string
  readonly idle: number
  readonly busy: number
  /** Callers without a connection. */
  readonly waiting: number
}

/** PostgreSQL as one process uses it. */
export interface Database {
  /** Requests: the role `billstream_app`. Rows of tenants only through `tenant`. */
  readonly app: Queries
  /** Background work: the role `billstream_worker`, which sees every organization. */
  readonly worker: Queries
  /** The worker's short statements that keep their order, each sent without waiting for the one before. */
  readonly pipeline: Pick<Pipeline, 'query'>
  /** Rows of one organization, under row-level security, in one round trip. */
  readonly tenant: TenantQuery
  readonly notifications: Notifications
  /** Runs the missing migrations as the owner, then proves that tenants are separated. Returns the names that ran. */
  migrate(migrations: readonly Migration[]): Promise<string[]>
  /**
   * Statements with the owner's rights, on a connection that is closed after the work: for the form of tables, never on the way
   * of a request. A transaction that the work leaves open is undone.
   */
  asOwner<T>(work: (owner: Queries) => Promise<T>): Promise<T>
  /** Names of migrations that have not run; readiness waits for none. */
  pendingMigrations(migrations: readonly Migration[]): Promise<string[]>
  /** Throws TenantsNotSeparated when a request could pass row-level security. */
  assertTenantsSeparated(): Promise<void>
  /** The pools of both roles. */
  readonly pools: () => readonly PoolUse[]
  /** A connection of its own for a session's state, such as an advisory lock; the caller ends it. Throws StoreUnavailable. */
  dedicatedClient(purpose: string): Promise<Client>
  close(): Promise<void>
}

/**
 * Connects, and makes the roles where they are missing. Throws RolesMissing (with the SQL to run) when the user may not,
 * StoreUnavailable when the server is away.
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { connectionString, poolMax, log, hintRestMs } = options
  await asOwner(connectionString, ensureRoles)
  const appPool = openPool(connectionString, APP_ROLE, poolMax, log)
  const workerPool = openPool(connectionString, WORKER_ROLE, poolMax, log)
  const notifications = new Notifications(
    connectionSettings(connectionString, { role: WORKER_ROLE, applicationName: 'billstream notifications' }),
    log,
    hintRestMs,
  )
  await notifications.open()
  const pipeline = new Pipeline(
    connectionSettings(connectionString, { role: WORKER_ROLE, applicationName: 'billstream pipeline' }),
  )
  const [app, worker] = [new PooledQueries(appPool), new PooledQueries(workerPool)]
  return {
    app,
    worker,
    pipeline,
    tenant: new TenantQuery(app),
    notifications,
    migrate: (migrations) =>
      asOwner(connectionString, async (owner) => {
        const names = await runMigrations(owner, migrations)
        await assertTenantsSeparated(owner, app)
        return names
      }),
    asOwner: (work) => asOwner(connectionString, (owner) => work(new ClientQueries(owner))),
    pendingMigrations: (migrations) => pendingMigrations(worker, migrations),
    assertTenantsSeparated: () => asOwner(connectionString, (owner) => assertTenantsSeparated(owner, app)),
    pools: () => [useOf(APP_ROLE, appPool), useOf(WORKER_ROLE, workerPool)],
    dedicatedClient: (purpose) =>
      connect(
        new Client(
          connectionSettings(connectionString, { role: WORKER_ROLE, applicationName: `billstream ${purpose}` }),
        ),
      ),
    close: async () => {
      await Promise.all([notifications.close(), pipeline.close()])
      await Promise.all([appPool.end(), workerPool.end()])
    },
  }
}

function openPool(connectionString: string, role: string, max: number, log: Log): Pool {
  const isApp = role === APP_ROLE
  const pool = new Pool({
    ...connectionSettings(connectionString, {
      role,
      applicationName: isApp ? 'billstream requests' : 'billstream worker',
      ...(isApp && { statementTimeoutMs: REQUEST_STATEMENT_TIMEOUT_MS }),
    }),
    max,
    idleTimeoutMillis: 60_000,
  })
  pool.on('error', (error) => {
    // The pool is ended before its sockets are: a server that stops right after it may still say so to them.
    if (!pool.ending) log.warn({ err: error, role }, 'An idle database connection was lost.')
  })
  // A connection that breaks while it is in use fails its statement; the event of the same loss would end the process.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}

/** Whoever finds an idle connection gets it with the next turn of the event loop: he waits for none. */
function useOf(role: string, { totalCount, idleCount, waitingCount }: Pool): PoolUse {
  return { role, idle: idleCount, busy: totalCount - idleCount, waiting: Math.max(0, waitingCount - idleCount) }
}

/** Migrations are rare, so the owner has no pool: nothing with its rights stays open. */
async function asOwner<T>(connectionString: string, work: (owner: Client) => Promise<T>): Promise<T> {
  const owner = await connect(
    new Client(connectionSettings(connectionString, { applicationName: 'billstream migrations' })),
  )
  try {
    return await work(owner)
  } finally {
    await owner.end()
  }
}

async function connect(client: Client): Promise<Client> {
  client.on('error', () => undefined)
  try {
    return await client.connect()
  } catch (error) {
    throw named(error)
  }
}
