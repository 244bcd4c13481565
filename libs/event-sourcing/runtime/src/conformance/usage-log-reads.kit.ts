import { timeOrderedId } from '@billstream/kernel'
import type { UsageEvent, UsageListFilter, UsageLog, UsageOrderColumn, UsagePageFilter } from '../ports/usage-log.port'
import { batchOf, newTenant, usageEvent, type Tenant } from './usage-log.samples'

const PAGE = { skip: 0, limit: 100 }

/** Reads of single events, lists and volumes of one organization. */
export function usageReads(given: () => UsageLog): void {
  describe('a read', () => {
    single(given)
    lists(given)
    volumes(given)
  })
}

function single(given: () => UsageLog): void {
  it('gives an event as it was sent, to its organization only', async () => {
    const tenant = newTenant()
    const event = usageEvent('exact', {
      properties: '{"n":1.0e2,"big":12345678901234567890.123456789,"b":true,"a":null}',
      timestamp: '2026-06-15T12:30:00.000001Z',
      externalSubscriptionId: 'acme-main',
      value: '-0.000000000001',
    })
    await given().ingest([batchOf(tenant, [event])])
    expect(await given().get(tenant.organizationId, event.id)).toEqual(event)
    expect(await given().get(newTenant().organizationId, event.id)).toBeUndefined()
    expect(await given().get(tenant.organizationId, timeOrderedId())).toBeUndefined()
  })

  it('knows whether a metric has events', async () => {
    const tenant = newTenant()
    await given().ingest([batchOf(tenant, [usageEvent('a')])])
    expect(await given().hasEvents(tenant.organizationId, 'tokens')).toBe(true)
    expect(await given().hasEvents(tenant.organizationId, 'calls')).toBe(false)
    expect(await given().hasEvents(newTenant().organizationId, 'tokens')).toBe(false)
  })
}

function lists(given: () => UsageLog): void {
  const at = (second: number, overrides: Partial<UsageEvent> = {}) => ({
    createdAt: `2026-07-01T00:00:0${second}.000Z`,
    timestamp: `2026-06-15T1${second}:30:00.000Z`,
    ...overrides,
  })
  const events = [
    usageEvent('d', at(1)),
    usageEvent('b', at(2, { code: 'calls' })),
    usageEvent('a', at(3, { externalCustomerId: 'globex' })),
    usageEvent('c', at(4, { timestamp: '2026-05-01T00:00:00.000Z', externalSubscriptionId: 'acme-main' })),
  ]
  const tenantWithEvents = async (): Promise<Tenant> => {
    const tenant = newTenant()
    await given().ingest([batchOf(tenant, events)])
    return tenant
  }
  const ids = async (tenant: Tenant, filter: Partial<UsageListFilter>) => {
    const { events: found, total } = await given().list(tenant.organizationId, { ...PAGE, ...filter })
    return [found.map(({ transactionId }) => transactionId).join(''), total]
  }

  it('lists newest first, in pages, with the number of all that match', async () => {
    const tenant = await tenantWithEvents()
    const all = await given().list(tenant.organizationId, PAGE)
    expect(all).toEqual({ events: [...events].reverse(), total: 4 })
    expect(await ids(tenant, { skip: 1, limit: 2 })).toEqual(['ab', 4])
    expect(await ids(tenant, { skip: 9 })).toEqual(['', 4])
    expect(await ids(newTenant(), {})).toEqual(['', 0])
  })

  it('filters by customer, metric and inclusive times, all together', async () => {
    const tenant = await tenantWithEvents()
    expect(await ids(tenant, { externalCustomerId: 'acme' })).toEqual(['cbd', 3])
    expect(await ids(tenant, { code: 'calls' })).toEqual(['b', 1])
    expect(await ids(tenant, { externalCustomerId: 'globex', code: 'calls' })).toEqual(['', 0])
    const [fromTimestamp, toTimestamp] = ['2026-06-15T11:30:00.000Z', '2026-06-15T12:30:00.000Z']
    expect(await ids(tenant, { fromTimestamp })).toEqual(['abd', 3])
    expect(await ids(tenant, { fromTimestamp, toTimestamp })).toEqual(['bd', 2])
    expect(await ids(tenant, { fromTimestamp: toTimestamp, toTimestamp })).toEqual(['b', 1])
    expect(await ids(tenant, { toTimestamp: '2026-06-15T12:29:59.999999Z' })).toEqual(['cd', 2])
    expect(await ids(tenant, { fromTimestamp, toTimestamp, code: 'tokens', externalCustomerId: 'acme' })).toEqual([
      'd',
      1,
    ])
  })

  it('gives all in pages, in the order of their ids', async () => {
    const tenant = await tenantWithEvents()
    const page = async (filter: Partial<UsagePageFilter>) => {
      const found = await given().page(tenant.organizationId, { limit: 100, ...filter })
      return found.map(({ transactionId }) => transactionId).join('')
    }
    const after = events[1]?.id ?? ''
    expect(await given().page(tenant.organizationId, { limit: 100 })).toEqual(events)
    expect([
      await page({ limit: 2 }),
      await page({ limit: 2, after }),
      await page({ after: events[3]?.id ?? '' }),
    ]).toEqual(['db', 'ac', ''])
    expect(await page({ externalCustomerId: 'acme', after })).toBe('c')
    expect(await page({ code: 'calls' })).toBe('b')
    const [from, to] = ['2026-06-15T11:30:00.000Z', '2026-06-15T13:30:00.000Z']
    expect([await page({ from }), await page({ to }), await page({ from, to })]).toEqual(['dba', 'dbc', 'db'])
    expect(await given().page(newTenant().organizationId, { limit: 100 })).toEqual([])
  })

  it('orders by each column, both ways', async () => {
    const tenant = await tenantWithEvents()
    const orders = { created_at: 'dbac', id: 'dbac', transaction_id: 'abcd', timestamp: 'cdba' }
    for (const [column, expected] of Object.entries(orders)) {
      const orderBy = { column: column as UsageOrderColumn, direction: 'asc' } as const
      expect(await ids(tenant, { orderBy })).toEqual([expected, 4])
      const descending = { ...orderBy, direction: 'desc' } as const
      expect(await ids(tenant, { orderBy: descending })).toEqual([[...expected].reverse().join(''), 4])
    }
    expect(await ids(tenant, { orderBy: { column: 'external_customer_id', direction: 'desc' } })).toEqual(['acbd', 4])
    expect(await ids(tenant, { orderBy: { column: 'code', direction: 'asc' } })).toEqual(['bdac', 4])
  })
}

function volumes(given: () => UsageLog): void {
  it('counts the events of each hour that has any', async () => {
    const tenant = newTenant()
    const times = [
      '2026-06-15T09:59:59.999999Z',
      '2026-06-15T10:00:00.000Z',
      '2026-06-15T10:59:59.999Z',
      '2026-06-15T12:00:00.000Z',
    ]
    const events = times.map((timestamp, index) => usageEvent(`v-${index}`, { timestamp, code: `metric-${index}` }))
    await given().ingest([batchOf(tenant, events), batchOf(newTenant(), [usageEvent('other')])])
    const [ten, noon] = ['2026-06-15T10:00:00.000Z', '2026-06-15T12:00:00.000Z']
    expect(await given().volume(tenant.organizationId, ten, noon)).toEqual([
      { hour: ten, count: 2 },
      { hour: noon, count: 1 },
    ])
    expect(await given().volume(tenant.organizationId, ten, ten)).toEqual([{ hour: ten, count: 2 }])
  })
}
