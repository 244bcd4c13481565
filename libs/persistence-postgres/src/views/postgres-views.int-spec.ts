import {
  emptyView,
  sampleRow,
  sampleView,
  StoreUnavailable,
  viewsConformance,
} from '@billstream/event-sourcing-runtime'
import { createTestDatabase } from '@billstream/testing'
import { openDatabase, type Database } from '../database/database'
import { checkView } from './check-view'
import { postgresViews } from './postgres-views'
import { ProjectionPositions } from './projection-positions'
import { viewMigrations } from './view-migrations'
import { createViewSql } from './view-schema'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const migrations = [
  ...viewMigrations,
  { name: 'conformance-0001', up: createViewSql(sampleView) + createViewSql(emptyView) },
]

async function start() {
  const test = await createTestDatabase()
  const open = (): Promise<Database> => openDatabase({ connectionString: test.connectionString, poolMax: 3, log })
  const [first, second] = [await open(), await open()]
  await first.migrate(migrations)
  const [views, another] = [postgresViews(first), postgresViews(second)]
  const stop = async (): Promise<void> => {
    await views.close()
    await another.close()
    await first.close()
    await second.close()
    await test.drop()
  }
  return { database: first, ...views, another, stop }
}

viewsConformance('PostgreSQL', start)

describe('views on PostgreSQL', () => {
  let subject: Awaited<ReturnType<typeof start>>
  const projection = { name: 'sample', version: 1 }

  beforeAll(async () => {
    subject = await start()
    await subject.writer.reset(projection, sampleView)
  })
  afterAll(() => subject.stop())

  it('have the tables of their definitions', async () => {
    expect(await checkView(subject.database.worker, sampleView)).toEqual([])
    expect(await checkView(subject.database.worker, emptyView)).toEqual([])
  })

  it('show nothing of another tenant when the filter is taken away', async () => {
    const { writer, database } = subject
    const [own, other] = [sampleRow(), sampleRow()]
    await writer.commit(projection, { from: 0n, to: 1n }, { view: sampleView, upserts: [own, other], removals: [] })
    const all = { text: 'select id from conformance.sample order by id' }
    expect(await database.tenant.rows(own.organization_id, all)).toEqual([{ id: own.id }])
    expect(await database.tenant.rows('nobody', all)).toEqual([])
    expect(await database.app.query(all)).toEqual([])
    expect(await database.worker.query(all)).toHaveLength(2)
  })

  it('cannot be written by a request, nor are checkpoints and events there for it', async () => {
    const { database } = subject
    for (const text of [
      'delete from conformance.sample',
      'truncate conformance.sample',
      'select * from projections.checkpoints',
    ]) {
      await expect(database.tenant.rows('nobody', { text })).rejects.toThrow('permission denied')
    }
  })

  it('names what differs from the definition', async () => {
    const changed = {
      ...sampleView,
      columns: { ...sampleView.columns, name: { kind: 'json', nullable: true } },
      indexes: [['owner'], ['amount']],
    } as const
    expect(await checkView(subject.database.worker, changed)).toEqual([
      'missing: conformance.sample: name json',
      'missing: conformance.sample: index (organization_id, amount, id)',
      'unexpected: conformance.sample: name text collate C not null',
      'unexpected: conformance.sample: index (organization_id, name, at, id)',
    ])
    expect(await checkView(subject.database.worker, { ...sampleView, name: 'absent' })).toContain(
      'missing: conformance.absent: primary key (id)',
    )
  })

  it('are built anew when their table is made anew', async () => {
    const { database, writer } = subject
    await writer.reset(projection, sampleView)
    await writer.commit(projection, { from: 0n, to: 4n }, { view: sampleView, upserts: [sampleRow()], removals: [] })
    await database.migrate([...migrations, { name: 'conformance-0002', up: createViewSql(sampleView) }])
    expect(await writer.checkpoint(projection)).toBeUndefined()
    expect(await checkView(database.worker, sampleView)).toEqual([])
  })

  it('store the checkpoint of passed-over events a moment later', async () => {
    const { writer, another } = subject
    await writer.reset(projection, sampleView)
    await writer.commit(projection, { from: 0n, to: 9n }, { view: sampleView, upserts: [], removals: [] })
    expect(await another.progress.reached([projection.name], 9n, 10_000)).toBe(true)
    expect(await another.writer.checkpoint(projection)).toBe(9n)
  })

  it('store the checkpoints of others that passed over with the rows of the one that did not', async () => {
    const { writer, another, database } = subject
    const passing = { name: 'passing', version: 1 }
    for (const each of [projection, passing]) await writer.reset(each, sampleView)
    const statements: string[][] = []
    const real = database.worker.group.bind(database.worker)
    const group = jest.spyOn(database.worker, 'group').mockImplementation((asked) => {
      statements.push(asked.map(({ name }) => name ?? ''))
      return real(asked)
    })
    try {
      await writer.commit(passing, { from: 0n, to: 7n }, { view: sampleView, upserts: [], removals: [] })
      const written = { view: sampleView, upserts: [sampleRow()], removals: [] }
      expect(await writer.commit(projection, { from: 0n, to: 7n }, written)).toBe(true)
    } finally {
      group.mockRestore()
    }
    expect(statements).toContainEqual([expect.stringContaining('commit_'), 'projection_passed_over'])
    expect(await another.writer.checkpoint(projection)).toBe(7n)
    expect(await another.writer.checkpoint(passing)).toBe(7n)
    // What was carried along is where the next move begins.
    await writer.commit(passing, { from: 7n, to: 9n }, { view: sampleView, upserts: [sampleRow()], removals: [] })
    expect(await another.writer.checkpoint(passing)).toBe(9n)
  })

  it('store nothing of either when the statement that carries the checkpoints fails', async () => {
    const { writer, another, database } = subject
    const passing = { name: 'passing', version: 1 }
    for (const each of [projection, passing]) await writer.reset(each, sampleView)
    await writer.commit(passing, { from: 0n, to: 3n }, { view: sampleView, upserts: [], removals: [] })
    const group = jest.spyOn(database.worker, 'group').mockRejectedValueOnce(new StoreUnavailable('away'))
    const written = { view: sampleView, upserts: [sampleRow()], removals: [] }
    await expect(writer.commit(projection, { from: 0n, to: 3n }, written)).rejects.toThrow('away')
    group.mockRestore()
    expect(await another.writer.checkpoint(projection)).toBe(0n)
    expect(await another.writer.checkpoint(passing)).toBe(0n)
    // The projection begins again where the database has it.
    expect(await writer.checkpoint(passing)).toBe(0n)
    await writer.commit(passing, { from: 0n, to: 4n }, { view: sampleView, upserts: [sampleRow()], removals: [] })
    expect(await another.writer.checkpoint(passing)).toBe(4n)
  })
})

describe('the positions of projections that another process moves', () => {
  const [names, timeoutMs] = [['moved-elsewhere'], 10_000]
  const at = { name: 'moved-elsewhere', version: 1 }
  const listenFor = (database: Database, listened: string[]) => ({
    send: database.notifications.send.bind(database.notifications),
    listen: (channel: string, listener: Parameters<Database['notifications']['listen']>[1]) => {
      listened.push('begun')
      const end = database.notifications.listen(channel, listener)
      return () => {
        listened.push('ended')
        end()
      }
    },
  })

  it('are heard while somebody waits and a little longer, then read by whoever asks next', async () => {
    const subject = await start()
    const listened: string[] = []
    const notifications = listenFor(subject.database, listened) as unknown as Database['notifications']
    const positions = new ProjectionPositions(subject.database.worker, notifications, 1)
    const write = (from: bigint, to: bigint) =>
      subject.another.writer.commit(at, { from, to }, { view: sampleView, upserts: [sampleRow()], removals: [] })
    await subject.another.writer.reset(at, sampleView)

    const waiting = positions.reached(names, 1n, timeoutMs)
    await until(() => listened.includes('begun'))
    await write(0n, 1n)
    expect(await waiting).toBe(true)
    await until(() => listened.includes('ended'))
    await write(1n, 2n)
    const before = listened.length
    expect(await positions.reached(names, 2n, timeoutMs)).toBe(true)
    expect(listened).toHaveLength(before)

    // A server that has crashed has lost the last moves, and nobody told.
    await subject.another.writer.reset(at, sampleView)
    expect(await positions.reached(names, 2n, 1)).toBe(false)
    const anew = positions.reached(names, 2n, timeoutMs)
    await write(0n, 2n)
    expect(await anew).toBe(true)
    positions.close()
    await subject.stop()
  })
})

async function until(condition: () => boolean): Promise<void> {
  for (let look = 0; look < 2_000 && !condition(); look += 1) await new Promise((resolve) => setTimeout(resolve, 5))
  expect(condition()).toBe(true)
}
