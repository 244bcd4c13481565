import type { Client } from 'pg'
import { Umzug } from 'umzug'
import type { Queries } from './queries'
import { WORKER_ROLE } from './roles'
import type { Row } from './statement-group'

/** A step of the schema: SQL, run once, in a transaction of its own. Names are never reused. */
export interface Migration {
  readonly name: string
  readonly up: string
}

// Any number will do, as long as every process of one database takes the same.
const MIGRATION_LOCK = 740_211_001
const DONE = 'platform.migrations'

/**
 * Runs what is missing, in the order given. One process at a time; others wait and then find nothing to do.
 * A failing step leaves no trace and ends the run; what came before it stays. Throws what PostgreSQL said.
 */
export async function runMigrations(owner: Client, migrations: readonly Migration[]): Promise<string[]> {
  await owner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
  try {
    await owner.query(`
      create schema if not exists platform;
      create table if not exists ${DONE} (name text primary key, run_at timestamptz not null default now());
      grant usage on schema platform to ${WORKER_ROLE};
      grant select on ${DONE} to ${WORKER_ROLE}`)
    const done = await umzug(owner, migrations).up()
    return done.map(({ name }) => name)
  } finally {
    await owner.query('select pg_advisory_unlock($1)', [MIGRATION_LOCK])
  }
}

/** The names that have not run, in order. */
export async function pendingMigrations(worker: Queries, migrations: readonly Migration[]): Promise<string[]> {
  const done = new Set(await executed((text) => worker.query({ text })))
  return migrations.map(({ name }) => name).filter((name) => !done.has(name))
}

function umzug(client: Client, migrations: readonly Migration[]): Umzug<Client> {
  const steps = migrations.map(({ name, up }) => ({ name, up: () => inTransaction(client, name, up) }))
  return new Umzug<Client>({
    migrations: steps,
    context: client,
    logger: undefined,
    storage: {
      // The step's own transaction has noted it: a crash cannot fall between the two.
      logMigration: () => Promise.resolve(),
      unlogMigration: () => Promise.reject(new Error('Migrations only go forward.')),
      executed: () => executed(async (text) => (await client.query<Row>(text)).rows),
    },
  })
}

async function inTransaction(client: Client, name: string, up: string): Promise<void> {
  await client.query('begin')
  try {
    await client.query(up)
    await client.query(`insert into ${DONE} (name) values ($1)`, [name])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    throw error
  }
}

async function executed(rowsOf: (text: string) => Promise<Row[]>): Promise<string[]> {
  const [table] = await rowsOf(`select to_regclass('${DONE}') is not null as known`)
  if (table?.['known'] !== true) return []
  const rows = await rowsOf(`select name from ${DONE} order by run_at, name`)
  return rows.map(({ name }) => String(name))
}
