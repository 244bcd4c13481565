import { CustomerCreated } from '@billstream/accounts-contracts'
import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import { InvoiceDrafted } from '@billstream/invoicing-contracts'
import { derivedId } from '@billstream/kernel'
import { BillableMetric } from '@billstream/usage-contracts'
import { opsInMemory } from '../../test/ops-in-memory'
import type { CheckResult } from './check'

const SHAPES = '0. every event has the shape of its type and version'
const customerId = derivedId('damaged', 'customer')
const created = CustomerCreated({
  ...{ customerId, externalId: 'ann', testClockId: null },
  ...{ currency: null, timezone: null, invoiceGracePeriodDays: null, netPaymentTermDays: null },
  personal: null,
})

const metricId = derivedId('damaged', 'metric')
const fields = {
  ...{ code: 'calls', name: 'Calls', description: null, aggregationType: 'count' as const, fieldName: null },
  ...{ recurring: false, roundingFunction: null, roundingPrecision: null },
}
const DAMAGED = new Map([
  [2n, { type: BillableMetric.Defined.type, data: { id: null } }],
  [3n, { type: InvoiceDrafted.type, data: { invoiceId: null } }],
])

/** One event is as it was recorded; two were damaged after every view had folded them. */
async function damaged() {
  const ops = opsInMemory()
  await ops.record([created], { stream: `customer-${customerId}` })
  await ops.record([BillableMetric.Defined({ id: metricId, fields })], { stream: `billable_metric-${metricId}` })
  await ops.record([{ type: 'Unknown', data: {} }], { stream: 'invoice-1' })
  await ops.project()
  const { eventStore } = ops.ports
  const subscribe = eventStore.subscribe.bind(eventStore)
  eventStore.subscribe = async function* (from) {
    for await (const { events, reached } of subscribe(from)) {
      yield { events: events.map((event) => ({ ...event, ...DAMAGED.get(event.position) })), reached }
    }
  }
  const found = async (part: string) =>
    (await ops.json<CheckResult[]>('verify')).find(({ check }) => check.includes(part))
  return { ops, found }
}

const METRIC = new RegExp(
  `usage.billable_metric cannot fold position 2 \\(BillableMetricDefined of billable_metric-${metricId}\\): `,
)

describe('a stored event that is damaged', () => {
  it('is named with its place by verify, and how it differs', async () => {
    const { found } = await damaged()
    const shapes = await found(SHAPES)
    expect(shapes).toMatchObject({ checked: 3, differing: 2 })
    const place = new RegExp(`^position 2, billable_metric-${metricId}, BillableMetricDefined [0-9a-f-]{36}$`)
    expect(shapes?.differences[0]?.of).toMatch(place)
    expect(shapes?.differences[0]?.found).toBe("must have required property 'fields'")
  })

  it('is told of each check that it keeps from being carried out, and every other one is carried out', async () => {
    const { ops, found } = await damaged()
    const metrics = await found('live = rebuilt: usage.billable_metric')
    expect(metrics).toMatchObject({ checked: 1, differing: 1 })
    expect(metrics?.differences[0]?.of).toMatch(METRIC)
    const settled = await found('total = settled + due')
    expect(settled?.differences[0]?.of).toMatch(/^could not be carried out: invoicing.invoice cannot fold position 3 /)
    expect(await found('live = rebuilt: accounts.customer')).toMatchObject({ checked: 1, differing: 0 })
    const { code, out } = await ops.run('verify')
    expect([code, out]).toEqual([1, expect.stringContaining('4. all usage aggregates')])
  })

  it('shows nothing of what its data says', async () => {
    const ops = opsInMemory()
    const data = { ...created.data, personal: { name: 7, email: 'ann@example.com', billingMetadata: {} } }
    await ops.record([{ ...created, data }], { stream: `customer-${customerId}` })
    const { code, out, err } = await ops.run('verify')
    expect([code, err]).toEqual([1, expect.stringContaining('/personal/name must be string')])
    expect(out + err).not.toContain('ann@example.com')
  })

  it.each([[[]], [['--verify']]])(
    'ends a rebuild with one line, and what was done before it is shown: %s',
    async (more) => {
      const { ops } = await damaged()
      const views = ['accounts.customer', 'usage.billable_metric']
      const { code, out, err } = await ops.run('projections', 'rebuild', ...views, ...more)
      expect([code, out]).toEqual([1, expect.stringContaining('accounts.customer')])
      expect(err).toMatch(METRIC)
      expect(err.trim().split('\n')).toHaveLength(1)
    },
  )
})

describe('an event whose person was forgotten', () => {
  it('has its shape still', async () => {
    const ops = opsInMemory()
    await ops.record([created], { stream: `customer-${customerId}` })
    await ops.project()
    expect((await ops.run('verify')).code).toBe(0)
  })
})

describe('a store that goes away while it is verified', () => {
  it('is out of reach, and no difference', async () => {
    const { ops } = await damaged()
    ops.ports.usageLog.compareAggregates = () => Promise.reject(new StoreUnavailable('gone'))
    expect(await ops.run('verify')).toMatchObject({ code: 3, out: '' })
  })
})

describe('a fold that is wrong for a row', () => {
  it('is named with the event that it cannot fold', async () => {
    const { ops } = await damaged()
    const fold = () => {
      throw new RangeError('no such column')
    }
    const wrong = { CustomerCreated: () => [{ id: customerId, fold }] }
    const projections = ops.ports.projections.map((each) =>
      each.name === 'accounts.customer' ? { ...each, on: wrong } : each,
    )
    Object.assign(ops.ports, { projections })
    const { code, err } = await ops.run('projections', 'rebuild', 'accounts.customer')
    const line = `accounts.customer cannot fold position 1 (CustomerCreated of customer-${customerId}): no such column\n`
    expect([code, err]).toEqual([1, line])
  })
})
