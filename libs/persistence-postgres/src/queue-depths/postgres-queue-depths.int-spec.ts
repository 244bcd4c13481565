import { createTestDatabase } from '@billstream/testing'
import { openDatabase, type Database } from '../database/database'
import { createPostgresPorts, persistenceMigrations } from '../postgres-ports'
import { PostgresQueueDepths } from './postgres-queue-depths'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const PAST = '2020-01-01T00:00:00.000Z'
const FUTURE = '2999-01-01T00:00:00.000Z'

describe('the depths of queues', () => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>
  let database: Database

  beforeAll(async () => {
    test = await createTestDatabase()
    database = await openDatabase({ connectionString: test.connectionString, poolMax: 2, log })
    await database.migrate(persistenceMigrations)
  })

  afterAll(async () => {
    await database.close()
    await test.drop()
  })

  it('are those of what waits now, by name', async () => {
    const depths = new PostgresQueueDepths(database.worker)
    expect(await depths.read()).toEqual([])
    const ports = createPostgresPorts(database, { masterKey: Buffer.alloc(32), log })
    const item = (id: string, queue: string, notBefore = PAST) => ({
      ...{ id, queue, notBefore, tries: 0, payload: {} },
      ...{ organizationId: 'organization', correlationId: 'correlation' },
    })
    await ports.workQueue.add([item('a', 'calls'), item('b', 'calls', FUTURE), item('c', 'other'), item('d', 'other')])
    await ports.workQueue.done(['d'])
    const event = { id: 'e', type: 'InvoicePaid', stream: 'k', revision: 0, position: '1' }
    const letter = { consumer: 'draft-invoice', key: 'k', event, error: 'a bug', tries: 5, at: PAST }
    await ports.deadLetters.add({ id: '1', ...letter })
    await ports.deliveries.add([delivery('now', PAST), delivery('later', FUTURE)])
    const found = await depths.read()
    expect(found).toHaveLength(4)
    expect(found).toEqual(
      expect.arrayContaining([
        { queue: 'work', name: 'calls', count: 2 },
        { queue: 'work', name: 'other', count: 1 },
        { queue: 'deliveries', name: 'due', count: 1 },
        { queue: 'dead_letters', name: 'draft-invoice', count: 1 },
      ]),
    )
  })

  it('stand beside the use of the pools', async () => {
    const used = database.worker.transaction(async () => database.pools())
    expect(await used).toContainEqual(expect.objectContaining({ role: 'billstream_worker', busy: 1, waiting: 0 }))
    expect(database.pools()).toContainEqual(expect.objectContaining({ role: 'billstream_worker', busy: 0 }))
  })

  it('tell who waits for a connection, and not who is about to get an idle one', async () => {
    const waiting = () => database.pools().find(({ role }) => role === 'billstream_worker')?.waiting
    const asked = database.worker.query({ text: 'select 1' })
    expect(waiting()).toBe(0)
    await asked
    const all = Array.from({ length: 3 }, () => database.worker.transaction(() => Promise.resolve(waiting())))
    expect(await Promise.all(all)).toContain(1)
  })

  it('count refused commands that nobody has given up', async () => {
    const { processes } = createPostgresPorts(database, { masterKey: Buffer.alloc(32), log })
    const rows = [refusedRow('a', 'process'), refusedRow('b', 'process'), refusedRow('c', 'admin')]
    await processes.commit({ process: 'p', owner: 'invoicing', inbox: [], states: [], commands: rows })
    const refusal = { code: 'gone', message: 'No.', at: PAST }
    await processes.settle(rows.map((row) => ({ kind: 'alarm', row, ...refusal }) as const))
    await processes.drop(['b'], { by: 'ann', reason: 'done by hand', at: PAST })
    const depths = await new PostgresQueueDepths(database.worker).read()
    expect(depths.filter(({ queue }) => queue === 'refused_commands')).toEqual([
      { queue: 'refused_commands', name: 'invoicing', count: 1 },
    ])
  })
})

function refusedRow(id: string, type: 'process' | 'admin') {
  const ids = { commandId: id, organizationId: 'organization', correlationId: 'correlation', causationId: 'event' }
  return {
    ...{ id, process: 'p', target: 'invoice-1', context: 'invoicing', type: 'DraftInvoice', data: {}, refusals: {} },
    ...{ metadata: { ...ids, actor: { type, id: 'ann' }, now: PAST }, tries: 0 },
  }
}

function delivery(id: string, nextAttemptAt: string) {
  return {
    ...{ id, organizationId: 'organization', endpointId: 'endpoint', eventId: 'event', correlationId: 'correlation' },
    ...{ format: 'boxbilling', webhookType: 'invoice.paid', objectType: 'invoice', objectId: id, body: '{}' },
    ...{ status: 'pending' as const, retries: 0, attempts: 0, nextAttemptAt, lastAttemptAt: null },
    ...{ httpStatus: null, response: null, createdAt: PAST, updatedAt: PAST },
  }
}
