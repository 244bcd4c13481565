import { emptyView, sampleRow, sampleView, viewsConformance } from '@billstream/event-sourcing-runtime'
import { createTestDatabase } from '@billstream/testing'
import { openDatabase, type Database } from '../database/database'
import { checkView } from './check-view'
import { postgresViews } from './postgres-views'
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
})
