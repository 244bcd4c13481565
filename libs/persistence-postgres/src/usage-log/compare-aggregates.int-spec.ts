import { timeOrderedId } from '@billstream/kernel'
import type { UsageEvent } from '@billstream/event-sourcing-runtime'
import { createTestDatabase } from '@billstream/testing'
import { openDatabase } from '../database/database'
import { PostgresUsageLog } from './postgres-usage-log'
import { usageLogMigrations } from './usage-log.migration'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const organizationId = timeOrderedId()
const HOUR = '2026-06-15T12:00:00.000Z'

const usage = (transactionId: string, over: Partial<UsageEvent> = {}): UsageEvent => ({
  id: timeOrderedId(),
  transactionId,
  externalCustomerId: 'acme',
  externalSubscriptionId: '',
  code: 'tokens',
  timestamp: HOUR,
  properties: '{}',
  value: '5',
  distinct: `"${transactionId}"`,
  contentHash: '0'.repeat(64),
  createdAt: HOUR,
  ...over,
})

async function usageOfTwoHours() {
  const { connectionString, drop } = await createTestDatabase()
  const database = await openDatabase({ connectionString, poolMax: 2, log: silent })
  await database.migrate(usageLogMigrations)
  const log = new PostgresUsageLog(database)
  const events = [
    usage('a'),
    usage('b', { value: '2.50' }),
    usage('next day', { timestamp: '2026-06-16T00:30:00.000Z' }),
  ]
  await log.ingest([{ requestId: 'request', organizationId, events }])
  const end = async () => {
    await database.close()
    await drop()
  }
  return { log, end, change: (text: string) => database.worker.execute({ text }) }
}

describe('aggregates of usage that no measurement has read', () => {
  let given: Awaited<ReturnType<typeof usageOfTwoHours>>
  const found = async () => (await given.log.compareAggregates(null)).differences
  beforeEach(async () => {
    given = await usageOfTwoHours()
  })
  afterEach(() => given.end())

  it('are their events', async () => {
    const compared = await given.log.compareAggregates(null)
    // Two hours, their distinct values, those of two days, and the meter.
    expect(compared).toEqual({ events: 3, checked: 7, differing: 0, differences: [], next: null })
  })

  it.each([
    ['events_count = 100', { eventsCount: 2 }, { eventsCount: 100 }],
    ['sum = sum + 0.01', { sum: '7.5' }, { sum: '7.51' }],
    ['max = null', { max: '5' }, { max: null }],
    ['latest = 5', { latest: '2.5' }, { latest: '5' }],
    ["latest_id = 'a'", { latestId: 'b' }, { latestId: 'a' }],
    ["latest_at = latest_at + interval '1 microsecond'", {}, {}],
  ])('differ where %s', async (assignment, counted, kept) => {
    await given.change(`update usage.hourly set ${assignment} where hour = '${HOUR}'`)
    const hour = { what: 'hour', organizationId, code: 'tokens', externalSubscriptionId: '' }
    expect(await found()).toEqual([expect.objectContaining(hour)])
    expect(await found()).toMatchObject([{ counted, kept }])
  })

  it('differ where one is missing, and where one is of no events', async () => {
    await given.change(`update usage.hourly set hour = hour + interval '3 hours' where hour = '${HOUR}'`)
    expect(await found()).toMatchObject([
      { what: 'hour', counted: { eventsCount: 2 }, kept: null },
      { what: 'hour', counted: null, kept: { eventsCount: 2 } },
    ])
  })

  it('differ where they are of another organization or of no meter', async () => {
    await given.change(`update usage.hourly set organization_id = gen_random_uuid() where hour = '${HOUR}'`)
    expect(await found()).toHaveLength(2)
    await given.change(`delete from usage.hourly`)
    await given.change(`delete from usage.series`)
    expect(await found()).toMatchObject([{ what: 'hour' }, { what: 'hour' }, { what: 'meter', code: null, kept: null }])
  })

  it('differ where a meter is said to be of another customer', async () => {
    await given.change(`update usage.series set external_customer_id = 'globex'`)
    expect(await found()).toMatchObject([{ what: 'meter', kept: null }])
  })

  it('differ where a distinct value is missing, and where one is of no event', async () => {
    await given.change(`
      update usage.hourly_distinct set digest = gen_random_uuid()
       where digest = (select digest from usage.hourly_distinct where hour = '${HOUR}' limit 1)`)
    const one = { uniqueCount: 2, onlyHere: 1 }
    expect(await found()).toMatchObject([{ what: 'distinct values of an hour', counted: one, kept: one }])
    await given.change(`delete from usage.hourly_distinct`)
    await given.change(`delete from usage.daily_distinct where day = '2026-06-16T00:00:00Z'`)
    expect((await found()).map(({ what }) => what)).toEqual([
      'distinct values of an hour',
      'distinct values of a day',
      'distinct values of an hour',
    ])
  })

  it('of more meters than are compared at once are all compared', async () => {
    const meters = Array.from({ length: 1_500 }, (_, index) =>
      usage(`of ${index}`, { externalCustomerId: `c${index}` }),
    )
    await given.log.ingest([{ requestId: 'many', organizationId, events: meters }])
    const first = await given.log.compareAggregates(null)
    const second = await given.log.compareAggregates(first.next)
    expect([first.next, second.next]).toEqual([expect.any(String), null])
    expect(first.events + second.events).toBe(1_503)
    expect(first.differing + second.differing).toBe(0)
  })
})
