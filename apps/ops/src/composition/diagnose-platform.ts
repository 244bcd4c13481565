import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { findRunningServer } from '@billstream/embedded-server'
import type { Log } from '@billstream/event-sourcing-runtime'
import { allMigrations, loopsOfServices, proveServerSecret } from '@billstream/hosting'
import { feedProgress } from '@billstream/messaging-in-process'
import { RELAY } from '@billstream/messaging-kafka'
import { MasterKeyDiffers, openDatabase, TenantsNotSeparated, type Database } from '@billstream/persistence-postgres'
import { systemClock } from '@billstream/platform'
import { CommandEnded } from '../console/outcome'
import { fine, problem, warning, type Diagnosis, type Finding, type Readers } from '../doctor/finding'
import { brokerFindings } from './diagnose-brokers'
import { diagnoseEventStore } from './diagnose-event-store'
import { findPlace } from './open-platform'
import { readOpsSettings, withoutPassword, type Environment, type OpsSettings } from './settings'

/** Of this machine and PostgreSQL. */
const CLOCK_SKEW_WARNING_MS = 500
const DISK_FREE_WARNING_BYTES = 2_000_000_000
const POSTGRES_MAJOR_MIN = 16
const NODE_MAJOR_MIN = 20
const CONNECTIONS_USED_WARNING = 0.8

/** Looks at what must be right before anything else can be; changes nothing. */
export async function diagnosePlatform(environment: Environment, log: Log): Promise<Diagnosis> {
  const settings = readOpsSettings(environment)
  const store = await diagnoseEventStore(settings, log)
  const seen = { storeAnswers: store.state === 'answers', readers: readersOf(settings) }
  const before = [
    nodeFinding(),
    ...settingsFindings(settings),
    ...(await diskFindings(settings)),
    ...(await brokerFindings(environment, log)),
    ...store.findings,
  ]
  let place: Awaited<ReturnType<typeof findPlace>>
  try {
    place = await findPlace(settings, log)
  } catch (error) {
    if (!(error instanceof CommandEnded)) throw error
    const finding = problem('PostgreSQL', error.message, 'Set DATA_DIR or DATABASE_URL.')
    return { ...seen, findings: [...before, finding], canOpen: false }
  }
  try {
    const after = await databaseFindings(place.connectionString, settings, log)
    const isReady = settings.serverSecret !== undefined && store.state !== 'unusable'
    const canOpen = isReady && after.every(({ state }) => state !== 'problem')
    return { ...seen, findings: [...before, ...after], canOpen }
  } finally {
    await place.close()
  }
}

/** Over Kafka the groups keep their own positions: see `brokerFindings`. */
function readersOf({ kafkaBrokers }: OpsSettings): Readers {
  const { listensTo, timerRules } = loopsOfServices
  const relay = [RELAY]
  return { ways: kafkaBrokers === undefined ? [[...listensTo.keys()].map(feedProgress), relay] : [relay], timerRules }
}

function nodeFinding(): Finding {
  const { node } = process.versions
  return Number(node.split('.')[0]) >= NODE_MAJOR_MIN
    ? fine('Node.js', node)
    : problem('Node.js', node, `Install Node.js ${NODE_MAJOR_MIN} or newer.`)
}

function settingsFindings({ databaseUrl, dataDir, eventStoreUrl, serverSecret }: OpsSettings): Finding[] {
  const running = databaseUrl === undefined && existsSync(dataDir) ? findRunningServer(dataDir) : undefined
  const embedded = running ? `runs on port ${running.port}` : 'does not run; it is started for this command'
  return [
    databaseUrl === undefined
      ? fine('settings', `embedded PostgreSQL of DATA_DIR ${dataDir}: ${embedded}`)
      : fine('settings', `DATABASE_URL ${withoutPassword(databaseUrl)}`),
    fine('event store', eventStoreUrl === undefined ? 'PostgreSQL' : `KurrentDB ${withoutPassword(eventStoreUrl)}`),
    ...(serverSecret === undefined
      ? [problem('SERVER_SECRET', 'neither set nor kept in DATA_DIR', 'Set SERVER_SECRET as the platform has it.')]
      : []),
  ]
}

async function diskFindings({ dataDir, databaseUrl }: OpsSettings): Promise<Finding[]> {
  if (databaseUrl !== undefined || !existsSync(dataDir)) return []
  const { bavail, bsize } = await statfs(dataDir)
  const free = bavail * bsize
  const seen = `${gigabytes(free)} GB free where DATA_DIR lies`
  return [
    free < DISK_FREE_WARNING_BYTES
      ? warning('disk', seen, 'Make room: PostgreSQL stops when the disk is full.')
      : fine('disk', seen),
  ]
}

async function databaseFindings(connectionString: string, { serverSecret }: OpsSettings, log: Log): Promise<Finding[]> {
  let database: Database
  try {
    database = await openDatabase({ connectionString, poolMax: 1, log })
  } catch (error) {
    return [problem('PostgreSQL', (error as Error).message, 'Start PostgreSQL, or correct DATABASE_URL.')]
  }
  try {
    const migrations = await migrationFinding(database)
    return [
      ...(migrations.state === 'ok' ? await secretFindings(database, serverSecret) : []),
      migrations,
      ...(await serverFindings(database)),
      await roleFinding(database),
    ]
  } finally {
    await database.close()
  }
}

interface ServerRow {
  readonly version: string
  readonly version_number: number
  readonly now: string
  readonly size: string
  readonly used: number
  readonly allowed: number
}

async function serverFindings({ worker }: Database): Promise<Finding[]> {
  const askedMs = Date.parse(systemClock.now())
  const [row] = await worker.query<ServerRow>({
    text: `select current_setting('server_version') as version, current_setting('server_version_num')::int as version_number,
                  clock_timestamp() as now, pg_database_size(current_database())::text as size,
                  (select count(*)::int from pg_stat_activity where datname is not null) as used,
                  current_setting('max_connections')::int as allowed`,
  })
  const answeredMs = Date.parse(systemClock.now())
  if (!row) return []
  const skewMs = Math.round(Date.parse(row.now) - (askedMs + answeredMs) / 2)
  return [
    row.version_number >= POSTGRES_MAJOR_MIN * 10_000
      ? fine('PostgreSQL', `${row.version}, database of ${gigabytes(Number(row.size))} GB`)
      : problem('PostgreSQL', row.version, `Upgrade to PostgreSQL ${POSTGRES_MAJOR_MIN} or newer.`),
    Math.abs(skewMs) > CLOCK_SKEW_WARNING_MS
      ? warning(
          'clock',
          `PostgreSQL is ${skewMs} ms from this machine`,
          'Keep both on time (NTP): timers and leases go by it.',
        )
      : fine('clock', `PostgreSQL is ${skewMs} ms from this machine`),
    row.used > row.allowed * CONNECTIONS_USED_WARNING
      ? warning('connections', `${row.used} of ${row.allowed}`, 'Raise max_connections, or run fewer processes.')
      : fine('connections', `${row.used} of ${row.allowed}`),
  ]
}

async function migrationFinding(database: Database): Promise<Finding> {
  const pending = await database.pendingMigrations(allMigrations)
  const seen = `${allMigrations.length - pending.length} of ${allMigrations.length} have run`
  if (pending.length === 0) return fine('migrations', seen)
  return problem(
    'migrations',
    `${seen}; first missing: ${pending[0] ?? ''}`,
    'Start the platform of this version once.',
  )
}

/** Known is not enough: what is stored must open. */
async function secretFindings(database: Database, serverSecret: string | undefined): Promise<Finding[]> {
  if (serverSecret === undefined) return []
  try {
    await proveServerSecret(database, serverSecret)
    return [fine('SERVER_SECRET', 'opens what is sealed')]
  } catch (error) {
    if (!(error instanceof MasterKeyDiffers)) throw error
    const todo = 'Set it as the platform has it, or unset it for the one that is kept in DATA_DIR.'
    return [problem('SERVER_SECRET', 'does not open what the platform has sealed', todo)]
  }
}

async function roleFinding(database: Database): Promise<Finding> {
  try {
    await database.assertTenantsSeparated()
    return fine('roles', 'tenants are separated')
  } catch (error) {
    if (!(error instanceof TenantsNotSeparated)) throw error
    return problem(
      'roles',
      error.findings.join('; '),
      'Take the named rights away: requests must not pass row-level security.',
    )
  }
}

function gigabytes(bytes: number): string {
  return (bytes / 1_000_000_000).toFixed(1)
}
