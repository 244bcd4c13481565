import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually, type Api } from './support/api'
import { BilledCustomer } from './support/billed-customer'
import { untilClockIsReady } from './support/llm-company'
import { OpsTool } from './support/ops-tool'
import { createOrganization } from './support/organizations'
import { startOwnPlatform, type OwnPlatform } from './support/platform'
import { WebhookReceiver } from './support/webhook-receiver'

const JANUARY = '2024-01-01T00:00:00Z'
const DURING_JANUARY = '2024-01-10T12:00:00Z'
const GRADUATED = [
  { from_value: 0, to_value: 10, per_unit_amount: '100', flat_amount: '0' },
  { from_value: 11, to_value: null, per_unit_amount: '50', flat_amount: '0' },
]

interface Check {
  readonly check: string
  readonly checked: number
  readonly differing: number
}
interface Projection {
  readonly projection: string
  readonly state: string
}

describe('an operator who has never seen this platform', () => {
  let platform: OwnPlatform
  let receiver: WebhookReceiver
  let ops: OpsTool
  let api: Api
  let organizationId: string
  let billed: BilledCustomer

  beforeAll(async () => {
    platform = await startOwnPlatform()
    receiver = await WebhookReceiver.listen()
    ops = new OpsTool(platform.folder.path)
    const created = await createOrganization(platform, 'Operated')
    ;[api, organizationId] = [created.api, created.organization.id]
    await api.create('/v1/webhook_endpoints/', { url: receiver.url })
    await api.create('/v1/taxes/', { code: 'vat', name: 'VAT', rate: '0.2', applied_to_organization: true })
    const metric = await api.create('/v1/billable_metrics/', {
      ...{ code: 'units', name: 'Units', aggregation_type: 'sum', field_name: 'units' },
    })
    const charge = { billable_metric_id: metric.id, charge_model: 'graduated' }
    const plan = await api.create('/v1/plans/', {
      ...{ code: 'units', name: 'Units', interval: 'monthly', amount_cents: 5000, currency: 'USD' },
      charges: [{ ...charge, properties: { graduated_ranges: GRADUATED } }],
    })
    billed = await BilledCustomer.subscribe(api, 'operated', { planId: plan.id, startedAt: JANUARY })
    // A month that is billed, and usage of it that comes late: the second invoice corrects the first.
    await billed.use(DURING_JANUARY, 8)
    await billed.advanceTo('2024-02-01T00:00:00Z')
    await billed.use(DURING_JANUARY, 4)
    await billed.use('2024-02-10T00:00:00Z', 1)
    await billed.advanceTo('2024-03-01T00:00:00Z')
  }, 180_000)
  afterAll(async () => {
    await platform.dispose()
    await receiver.close()
  })

  it('is told by the doctor that nothing has to be done', async () => {
    const { code, out } = await ops.run('doctor')
    const [, ...findings] = out.trimEnd().split('\n')
    expect(findings.filter((line) => !line.startsWith('ok '))).toEqual([])
    expect([code, out]).toEqual([0, expect.stringMatching(/ok +migrations/)])
  })

  it('sees that every view is up to date', async () => {
    await eventually(async () => {
      const statuses = await ops.json<Projection[]>('projections', 'status')
      expect(statuses.length).toBeGreaterThan(10)
      expect(statuses.filter(({ state }) => state !== 'live')).toEqual([])
    })
  })

  it('follows an invoice from the closed period to the webhook', async () => {
    const subscriptions = await ops.json<{ stream: string }[]>('streams', 'list', '--category', 'subscription')
    const events = await ops.json<{ id: string; type: string }[]>('streams', 'show', subscriptions[0]?.stream ?? '')
    const closed = events.find(({ type }) => type === 'SubscriptionPeriodClosed')
    await eventually(async () => {
      const { code, out } = await ops.run('events', 'show', closed?.id ?? '')
      expect(code).toBe(0)
      expect(out).toMatch(/SubscriptionPeriodClosed[^]*PeriodMeasured[^]*InvoiceDrafted[^]*InvoiceFinalized/)
      expect(out).toMatch(/ClosePeriod by timer[^]*MeasurePeriod by process[^]*DraftInvoice by process/)
      expect(out).toMatch(/webhook: invoice\.\w+ succeeded/)
    })
  })

  it('has every cent of an invoice explained', async () => {
    const [first, second] = await billed.invoices()
    const explained = await ops.run('invoices', 'explain', first?.id ?? '')
    expect(explained.code).toBe(0)
    expect(explained.out).toContain('8 units = sum of units over 1 event')
    expect(explained.out).toContain('units 0 to 10: 8 x 100 + 0 = 800')
    expect(explained.out).toContain('Everything adds up.')
    expect((await ops.run('invoices', 'explain', second?.id ?? '')).out).toContain(`corrects invoice ${first?.id}`)
  })

  it('has every invoice made once more, and finds no difference', async () => {
    const result = await ops.json<{ checked: number; differences: unknown[] }>('invoices', 'rederive', '--all')
    expect(result).toEqual({ checked: 2, differences: [] })
  })

  it('finds every invariant kept', async () => {
    const checks = await ops.json<Check[]>('verify')
    expect(checks.filter(({ differing }) => differing > 0)).toEqual([])
    const checked = (part: string) => checks.find(({ check }) => check.includes(part))?.checked ?? 0
    for (const part of [
      'discounts',
      'settled',
      'per boundary',
      'per command',
      'delivery id',
      'counted once more',
      'log of usage keeps it',
      'units of every measurement',
      'aggregates',
      'invoicing.fee',
    ])
      expect([part, checked(part)]).toEqual([part, expect.any(Number)])
    expect(checked('per command')).toBeGreaterThan(20)
    // Draft and final of two months, and the correction of the first in both of the second.
    expect(checked('counted once more')).toBeGreaterThanOrEqual(6)
    expect(checked('settled')).toBe(2)
    expect(checked('delivery id')).toBeGreaterThan(0)
  })

  it('halts billing without losing anything, and resumes it', async () => {
    const invoices = async () => (await billed.invoices()).length
    const before = await invoices()
    expect((await ops.run('organizations', 'halt', organizationId, '--reason', 'a wrong price')).code).toBe(0)
    const clocks = () => api.read<{ id: string; status: string; frozen_time: string }[]>('/v1/test_clocks/')
    const [clock] = await clocks()
    await api.create(`/v1/test_clocks/${clock?.id}/advance`, { frozen_time: '2024-04-01T00:00:00Z' })
    const organizations = await ops.json<{ id: string }[]>('organizations', 'list')
    expect(organizations.find(({ id }) => id === organizationId)).toMatchObject({ halt: { reason: 'a wrong price' } })
    await billed.use('2024-03-20T00:00:00Z', 3)
    // The clock has begun no step: what is due on it waits as in real time.
    expect(await clocks()).toMatchObject([{ status: 'advancing', frozen_time: clock?.frozen_time }])
    expect(await invoices()).toBe(before)
    expect((await ops.run('organizations', 'resume', organizationId)).code).toBe(0)
    await untilClockIsReady(api, clock?.id ?? '')
    expect(await invoices()).toBe(before + 1)
    expect(await ops.json('processes', 'refused')).toEqual([])
  }, 180_000)

  it('holds a view, which then stands still until it is let go', async () => {
    expect((await ops.run('projections', 'pause', 'invoicing.tax', '--reason', 'a look')).code).toBe(0)
    const status = async () =>
      (await ops.json<Projection[]>('projections', 'status')).find(({ projection }) => projection === 'invoicing.tax')
    expect(await status()).toMatchObject({ state: 'paused' })
    expect((await ops.run('projections', 'resume', 'invoicing.tax')).code).toBe(0)
    await api.create('/v1/taxes/', { code: 'other', name: 'Other', rate: '0.1' })
    await eventually(async () => expect(await status()).toMatchObject({ state: 'live' }))
  })

  it('hands over what is held of a person, and has the person forgotten', async () => {
    const customer = await api.create('/v1/customers/', {
      external_id: 'ann',
      name: 'Ann Example',
      email: 'ann@example.com',
    })
    await api.create('/v1/payment_methods/', {
      ...{ customer_id: customer.id, provider: 'manual', provider_payment_method_id: 'bank-1', type: 'bank' },
      details: { holder: 'Ann Holder' },
    })
    const held = await ops.run('customers', 'export', customer.id)
    expect(held.out).toContain('ann@example.com')
    expect(held.out).toContain('Ann Holder')
    expect((await ops.run('customers', 'erase', customer.id)).code).toBe(0)
    const left = await ops.run('customers', 'export', customer.id)
    expect(left.code).toBe(0)
    expect(left.out).not.toMatch(/Ann Example|ann@example\.com|Ann Holder/)
  })

  it('is told what is wrong with a call, and that nothing is there', async () => {
    const wrong = await ops.run('timers', 'list', '--limit', 'many')
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('--limit')])
    const nowhere = await new OpsTool(mkdtempSync(join(tmpdir(), 'billstream-nothing-'))).run('streams', 'list')
    expect([nowhere.code, nowhere.err]).toEqual([3, expect.stringContaining('DATA_DIR')])
  })

  it('looks inside a platform that is stopped as well', async () => {
    await platform.stop()
    const replay = await ops.json<{ events: number; perType: object }>('replay', '--from', '0', '--dry-run')
    expect(replay.events).toBeGreaterThan(20)
    expect(replay.perType).toMatchObject({ InvoiceFinalized: 3 })
  })
})
