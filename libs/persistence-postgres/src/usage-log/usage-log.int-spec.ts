import { timeOrderedId } from '@billstream/kernel'
import type { UsageEvent } from '@billstream/event-sourcing-runtime'
import { usageLogConformance } from '@billstream/event-sourcing-runtime/conformance'
import { createTestDatabase } from '@billstream/testing'
import { openDatabase } from '../database/database'
import { PostgresUsageLog } from './postgres-usage-log'
import { usageLogMigrations } from './usage-log.migration'

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
/** Fewer than the callers of the kit's races, so that they also wait for connections. */
const POOL_MAX = 6

async function startUsageLog() {
  const { connectionString, drop } = await createTestDatabase()
  const database = await openDatabase({ connectionString, poolMax: POOL_MAX, log: silent })
  await database.migrate(usageLogMigrations)
  const stop = async () => {
    await database.close()
    await drop()
  }
  return { database, log: new PostgresUsageLog(database), stop }
}

usageLogConformance('PostgreSQL', startUsageLog)

describe('tables of the usage log', () => {
  const tables = ['series', 'event', 'hourly', 'hourly_distinct', 'daily_distinct', 'measurement', 'measured_period']
  const [organizationId, other] = [timeOrderedId(), timeOrderedId()]
  const ids = { subscriptionId: timeOrderedId(), invoiceId: timeOrderedId(), measurementId: timeOrderedId() }
  const event: UsageEvent = {
    id: timeOrderedId(),
    transactionId: 'tx-1',
    externalCustomerId: 'acme',
    externalSubscriptionId: '',
    code: 'models',
    timestamp: '2026-06-15T12:00:00.000Z',
    properties: '{}',
    value: '1',
    distinct: '"large"',
    contentHash: '0'.repeat(64),
    createdAt: '2026-06-15T12:00:00.000Z',
  }
  const period = { from: '2026-06-01T00:00:00.000Z', to: '2026-07-01T00:00:00.000Z', codes: ['models'] }
  let under: Awaited<ReturnType<typeof startUsageLog>>

  beforeAll(async () => {
    under = await startUsageLog()
    await under.log.ingest([{ requestId: 'request', organizationId, events: [event] }])
    const who = { organizationId, externalCustomerId: 'acme', externalSubscriptionId: 'acme-main' }
    await under.log.measure({ ...who, ...ids, period, request: {}, corrections: [], settles: false })
  })
  afterAll(() => under.stop())

  it.each(tables)('show rows of %s to their organization only, with no filter in the query', async (table) => {
    const rowsOf = (organization: string) =>
      under.database.tenant.rows(organization, { text: `select * from usage.${table}` })
    expect(await rowsOf(organizationId)).toHaveLength(1)
    expect(await rowsOf(other)).toEqual([])
    expect(await under.database.app.query({ text: `select * from usage.${table}` })).toEqual([])
  })

  it('take no row of another organization', async () => {
    const text = `insert into usage.series values ($1::uuid, $2::uuid, 'acme', '', 'models')`
    const smuggle = under.database.tenant.execute(other, { text, values: [timeOrderedId(), organizationId] })
    await expect(smuggle).rejects.toThrow('row-level security')
  })

  it('cannot be read around their parent', async () => {
    const around = under.database.tenant.rows(organizationId, { text: 'select * from usage.event_0' })
    await expect(around).rejects.toThrow('permission denied')
  })
})
