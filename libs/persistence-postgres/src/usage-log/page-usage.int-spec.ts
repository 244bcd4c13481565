import { timeOrderedId } from '@billstream/kernel'
import type { UsagePageFilter } from '@billstream/event-sourcing-runtime'
import { createTestDatabase } from '@billstream/testing'
import { openDatabase } from '../database/database'
import type { Statement } from '../database/statement-group'
import { usagePage } from './page-usage'
import { PostgresUsageLog } from './postgres-usage-log'
import { usageLogMigrations } from './usage-log.migration'

const EVENTS = 20_000
const RARE_EVERY = 400
const LIMIT = 100
const FORGET_STATISTICS = `
  delete from pg_statistic
   where starelid in (select oid from pg_class where relnamespace = 'usage'::regnamespace)`
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
const organizationId = timeOrderedId()
const secondOf = (index: number) => new Date(Date.parse('2026-06-01T00:00:00Z') + index * 1_000).toISOString()
const [codeOf, customerOf] = [
  (index: number) => (index % RARE_EVERY === 0 ? 'rare' : 'calls'),
  (index: number) => `customer-${index % 3}`,
]

async function startUsageLog() {
  const { connectionString, drop } = await createTestDatabase()
  const database = await openDatabase({ connectionString, poolMax: 2, log: silent })
  await database.migrate(usageLogMigrations)
  const stop = async () => {
    await database.close()
    await drop()
  }
  return { database, log: new PostgresUsageLog(database), stop }
}

/** As after a large import: in all partitions, and the planner knows how many there are, but nothing else of them. */
async function fill({ log, database }: Awaited<ReturnType<typeof startUsageLog>>) {
  const events = Array.from({ length: EVENTS }, (_, index) => ({
    ...{ id: timeOrderedId(), transactionId: `t-${index}`, externalCustomerId: customerOf(index) },
    ...{ externalSubscriptionId: '', code: codeOf(index), timestamp: secondOf(index), properties: '{}' },
    ...{ value: '1', distinct: null, contentHash: '0'.repeat(64), createdAt: secondOf(index) },
  }))
  for (let from = 0; from < EVENTS; from += 5_000) {
    await log.ingest([{ requestId: 'request', organizationId, events: events.slice(from, from + 5_000) }])
  }
  await database.asOwner((owner) => owner.execute({ text: 'vacuum usage.event' }))
  await database.asOwner((owner) => owner.execute({ text: FORGET_STATISTICS }))
}

interface PlanNode {
  readonly 'Relation Name'?: string
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PlanNode[]
}

/** Events that the plan has read, taken or not. */
function eventsRead(node: PlanNode): number {
  const isEvents = node['Relation Name']?.startsWith('event') === true
  const read = isEvents ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'] : 0
  return (node.Plans ?? []).reduce((sum, each) => sum + eventsRead(each), read)
}

describe('a page of a log that has just grown', () => {
  let under: Awaited<ReturnType<typeof startUsageLog>>
  beforeAll(async () => {
    under = await startUsageLog()
    await fill(under)
  })
  afterAll(() => under.stop())

  const explained = async (filter: Omit<UsagePageFilter, 'limit'>, by: 'id' | 'meter') => {
    const statements = usagePage(organizationId, { ...filter, limit: LIMIT }, by)
    const explain = ({ text, values }: Statement) => ({
      text: `explain (analyze, format json) ${text}`,
      values: values ?? [],
    })
    const results = await under.database.tenant.group(organizationId, [
      ...statements.slice(0, -1),
      ...statements.slice(-1).map(explain),
    ])
    const [row] = (results.at(-1)?.rows ?? []) as { 'QUERY PLAN': { Plan: PlanNode }[] }[]
    const plan = row?.['QUERY PLAN'][0]?.Plan
    if (!plan) throw new Error('There is no plan.')
    // Of a node that ran more than once the plan has the mean.
    return { given: plan['Actual Rows'], read: Math.round(eventsRead(plan)) }
  }

  it('reads no more events than it gives, and one ahead of each partition', async () => {
    const [first] = await under.log.page(organizationId, { limit: 1 })
    for (const after of [{}, { after: first?.id ?? '' }]) {
      const { given, read } = await explained(after, 'id')
      expect(given).toBe(LIMIT)
      expect(read).toBeLessThanOrEqual(LIMIT + 8)
    }
  })

  it('reads the events of a rare code alone', async () => {
    const rare = EVENTS / RARE_EVERY
    expect(await explained({ code: 'rare' }, 'meter')).toEqual({ given: rare, read: rare })
    const from = secondOf(EVENTS / 2)
    expect(await explained({ code: 'rare', from }, 'meter')).toEqual({ given: rare / 2, read: rare / 2 })
  })

  it('reads the events of a short time alone', async () => {
    const time = { from: secondOf(7_000), to: secondOf(7_050) }
    expect(await explained(time, 'meter')).toEqual({ given: 50, read: 50 })
  })

  it.each<Omit<UsagePageFilter, 'limit'>>([
    {},
    { code: 'rare' },
    { externalCustomerId: 'customer-1' },
    { externalCustomerId: 'customer-1', code: 'rare', from: secondOf(1_000) },
    { from: secondOf(7_000), to: secondOf(7_500) },
    { to: secondOf(300) },
  ])('holds the same events whichever way they are found: %j', async (filter) => {
    const all = { ...filter, limit: EVENTS }
    const ids = async (by: 'id' | 'meter') =>
      (await under.database.tenant.group(organizationId, usagePage(organizationId, all, by)))
        .at(-1)
        ?.rows.map(({ id }) => id)
    const expected = (await under.log.page(organizationId, all)).map(({ id }) => id)
    expect([...expected].sort()).toEqual(expected)
    expect([await ids('id'), await ids('meter')]).toEqual([expected, expected])
    expect(expected.length).toBeGreaterThan(0)
  })
})
