import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import {
  backupServer,
  BackupUnusable,
  EmbeddedServerUnavailable,
  findRunningServer,
  restoreServer,
  type Query,
} from '@billstream/embedded-server'
import type { Log } from '@billstream/event-sourcing-runtime'
import { storeCompleteness } from '@billstream/event-store-postgres'
import { systemClock } from '@billstream/platform'
import type { PlatformFacts, Vault } from '../backup/vault'
import { counted } from '../console/counted'
import { CommandEnded, refused, wrongUsage } from '../console/outcome'
import { findPlace } from './open-platform'
import type { OpsSettings } from './settings'

/** settings: read at each call, since they may be wrong. */
export function embeddedVault(settings: () => OpsSettings, log: Log): Vault {
  return {
    async backup(file, watched) {
      const given = settings()
      refuseOtherProfiles(given)
      if (existsSync(file)) throw wrongUsage('file', `${file} exists already.`)
      if (!existsSync(dirname(resolve(file)))) throw wrongUsage('file', `${dirname(file)} is no folder.`)
      const place = await findPlace(given, log)
      try {
        const options = { ...watched, file, dataDir: given.dataDir, connectionString: place.connectionString }
        const manifest = await backupServer({ ...options, startedAt: systemClock.now(), describe: factsOf })
        const facts = manifest.described as PlatformFacts
        const { files, endedAt } = manifest
        return { endedAt, bytes: (await stat(file)).size, files: files.length, facts }
      } catch (error) {
        throw explained(error)
      } finally {
        await place.close()
      }
    },
    async restore(file, dataDir, watched) {
      if (!existsSync(file)) throw wrongUsage('file', `${file} does not exist.`)
      if (!(await stat(file)).isFile()) throw wrongUsage('file', `${file} is no file that backup has written.`)
      if (findRunningServer(dataDir)) throw wrongUsage('--data-dir', `a platform runs on ${dataDir}.`)
      let counts = { events: 0, usageEvents: 0 }
      const verify = async (query: Query, { described }: { described: unknown }) => {
        compare(described as PlatformFacts, await factsOf(query))
        counts = await countsOf(query)
      }
      const said = (message: string): void => log.info({}, message)
      try {
        const { head, manifest } = await restoreServer({ ...watched, file, dataDir, verify, log: said })
        const facts = manifest.described as PlatformFacts
        const { files, endedAt = null } = manifest
        return { startedAt: head.startedAt, endedAt, files: files.length, facts, ...counts }
      } catch (error) {
        throw explained(error)
      }
    },
  }
}

function refuseOtherProfiles({ databaseUrl, eventStoreUrl }: OpsSettings): void {
  if (databaseUrl !== undefined) {
    throw wrongUsage('DATABASE_URL', 'backup is for the embedded profile; use pg_basebackup or pg_dump of your server.')
  }
  if (eventStoreUrl !== undefined) {
    throw wrongUsage('EVENT_STORE_URL', 'the events are not in the embedded PostgreSQL; back up KurrentDB as well.')
  }
}

/** Appends wait while the transaction of the question is open, so that the position is the backup's. */
async function factsOf(query: Query): Promise<PlatformFacts> {
  await query('lock table store.events in share mode')
  const [store] = await query('select coalesce(max(position), 0)::text as head from store.events')
  const migrations = await query('select name from platform.migrations order by name')
  return { head: String(store?.['head']), migrations: migrations.map(({ name }) => String(name)) }
}

function compare(described: PlatformFacts, found: PlatformFacts): void {
  if (found.head !== described.head) {
    throw new BackupUnusable(`The store ends at ${found.head}, and the backup says ${described.head}.`)
  }
  const missing = described.migrations.filter((name) => !found.migrations.includes(name))
  if (missing.length > 0) throw new BackupUnusable(`Migrations are missing: ${missing.join(', ')}.`)
}

/** Positions have no holes, and aggregates count their events: both are counted here. */
async function countsOf(query: Query): Promise<{ events: number; usageEvents: number }> {
  const events = await eventsOf(query)
  const [counts] = await query(`
    select (select count(*) from usage.event)::float8 as usage,
           (select coalesce(sum(events_count), 0) from usage.hourly)::float8 as aggregated`)
  const { usage, aggregated } = counts as Record<'usage' | 'aggregated', number>
  if (usage !== aggregated)
    throw new BackupUnusable(`The log holds ${counted(usage, 'usage event')}, and aggregates of ${aggregated}.`)
  return { events, usageEvents: usage }
}

async function eventsOf(query: Query): Promise<number> {
  const { positions, brokenStreams, broken } = await storeCompleteness(query, 1)
  const { events, head, holes } = positions
  if (holes[0])
    throw new BackupUnusable(
      `The store holds ${counted(events, 'event')} and ends at position ${head}: position ${holes[0].from} is missing.`,
    )
  if (broken[0])
    throw new BackupUnusable(
      `${counted(brokenStreams, 'stream')} of the store: ${broken[0].stream} breaks at revision ${broken[0].revision}.`,
    )
  return events
}

function explained(error: unknown): unknown {
  if (error instanceof BackupUnusable) return refused(error.message)
  if (error instanceof EmbeddedServerUnavailable) return new CommandEnded('unavailable', error.message)
  return error
}
