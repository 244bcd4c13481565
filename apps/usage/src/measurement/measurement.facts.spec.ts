import { recorded, testMetadata } from '@billstream/event-sourcing-core/testing'
import { InvoiceSkipped } from '@billstream/invoicing-contracts'
import { MeasurePeriod, type MeasuredCharge, type PeriodMeasured } from '@billstream/usage-contracts'
import { chargeOf, ingestEvent, organizationId, uuid, UsageWorld } from '../../test/usage-world'
import { CORRECTIONS_BYTES_MAX } from './correctable-periods.facts'

const JUNE = { start: '2026-06-01T00:00:00.000Z', end: '2026-07-01T00:00:00.000Z' }
const MAY = { start: '2026-05-01T00:00:00.000Z', end: '2026-06-01T00:00:00.000Z' }
const inMay = { timestamp: '2026-05-10T00:00:00.000Z' }
type Asked = Parameters<typeof MeasurePeriod>[0]

const request = (purpose: Asked['purpose'], over: Partial<Asked> = {}): Asked => ({
  measurementId: uuid(`${purpose} ${JSON.stringify(over)}`),
  purpose,
  invoiceId: uuid('june'),
  subscriptionId: uuid('subscription'),
  customerId: uuid('acme'),
  externalCustomerId: 'acme',
  externalSubscriptionId: 'acme-main',
  planId: uuid('pro'),
  planVersion: 1,
  period: JUNE,
  boundary: { kind: 'period_close' },
  ...over,
})
const may = (purpose: Asked['purpose'] = 'draft') => request(purpose, { invoiceId: uuid('may'), period: MAY })

describe('measuring a period', () => {
  let world: UsageWorld
  beforeEach(async () => {
    world = new UsageWorld()
    await world.metric('tokens', { rounding_function: 'ceil', rounding_precision: null })
    await world.metric('calls', { aggregation_type: 'count', field_name: null, status: 'removed' })
    await world.plan('pro', ['tokens', 'calls'])
  })
  const measure = async (data: Asked) => {
    const outcome = await world.handle(MeasurePeriod(data, testMetadata()))
    if (!outcome.ok) throw new Error(outcome.error.code)
    const [event] = outcome.value
    return event?.data as Parameters<typeof PeriodMeasured>[0]
  }
  const unitsOf = (charges: readonly MeasuredCharge[] | undefined) => charges?.map(({ units }) => units)
  /** May was measured for its draft, then more usage came. */
  const lateInMay = async (status?: Parameters<UsageWorld['invoice']>[1]) => {
    await measure(may())
    if (status) await world.invoice(uuid('may'), status)
    await world.ingest([ingestEvent('late', inMay)])
  }

  it('records the units of each charge in plan order, with the request', async () => {
    await world.ingest([ingestEvent('a', { properties: '{"tokens":1.2}' }), ingestEvent('b')])
    const asked = request('draft')
    expect(await measure(asked)).toEqual({
      ...asked,
      watermark: '1',
      corrections: [],
      charges: [
        {
          ...{ chargeId: uuid('charge of tokens'), metricId: uuid('tokens'), metricCode: 'tokens', aggregation: 'sum' },
          ...{ rounding: { fn: 'ceil', precision: 0 }, units: '7' },
          parts: { eventsCount: 2, sum: '6.2', max: '5', latest: '5', uniqueCount: 0 },
        },
        expect.objectContaining({ metricCode: 'calls', aggregation: 'count', rounding: null, units: '0' }),
      ],
    })
  })

  it('records a boundary that closes no usage', async () => {
    expect(await measure(request('draft', { period: null }))).toMatchObject({
      charges: [],
      corrections: [],
      period: null,
    })
  })

  it('remembers no period of a plan without usage charges', async () => {
    await world.plan('flat', [])
    await measure(request('draft', { planId: uuid('flat') }))
    await world.ingest([ingestEvent('late')])
    expect(await world.log.changedPeriods(10)).toEqual([])
  })

  it('refuses a version that does not exist', async () => {
    const outcome = await world.handle(MeasurePeriod(request('draft', { planVersion: 2 }), testMetadata()))
    expect(outcome).toMatchObject({ ok: false, error: { code: 'plan_version_not_found' } })
  })

  describe('whose earlier period changed after it was billed', () => {
    it.each(['draft', 'final'] as const)('measures that one again whole for the %s', async (purpose) => {
      await lateInMay('finalized')
      const { corrections } = await measure(request(purpose))
      expect(corrections).toMatchObject([{ invoiceId: uuid('may'), period: MAY, planId: uuid('pro'), planVersion: 1 }])
      expect(unitsOf(corrections[0]?.charges)).toEqual(['5', '0'])
    })
    it('does so when its draft is refreshed, as long as it is one', async () => {
      await lateInMay('paid')
      await world.invoice(uuid('june'), 'draft')
      expect((await measure(request('refresh'))).corrections).toHaveLength(1)
      await world.invoice(uuid('june'), 'finalized')
      expect((await measure(request('refresh', { measurementId: uuid('another') }))).corrections).toEqual([])
      expect(await world.log.openPeriodsOf(organizationId, uuid('subscription'), 10)).toHaveLength(1)
    })
    it('is current usage too, by the same numbers and without a trace', async () => {
      await lateInMay('finalized')
      const current = await world.ask<{ corrections: unknown }>('CurrentUsage', request('draft'))
      const { corrections } = await measure(request('draft'))
      expect(current.corrections).toEqual(corrections)
      expect(corrections).toHaveLength(1)
    })
    it('repeats the same corrections after a crash, whatever came meanwhile', async () => {
      await lateInMay('finalized')
      const first = await measure(request('final'))
      await world.ingest([ingestEvent('later', inMay)])
      expect(await measure(request('final'))).toEqual(first)
      expect(await world.log.openPeriodsOf(organizationId, uuid('subscription'), 10)).toHaveLength(1)
    })
    it('measures it until two invoices have settled it', async () => {
      await lateInMay('finalized')
      const corrected = async (invoice: string) => {
        await measure(request('draft', { invoiceId: uuid(invoice) }))
        return (await measure(request('final', { invoiceId: uuid(invoice) }))).corrections.length
      }
      expect([await corrected('june'), await corrected('july'), await corrected('august')]).toEqual([1, 1, 0])
    })
  })

  it.each(['draft', 'voided'] as const)('leaves a period aside whose invoice is %s', async (status) => {
    await lateInMay(status)
    expect((await measure(request('final'))).corrections).toEqual([])
  })

  it('leaves a period aside whose invoice is about to be drafted', async () => {
    await lateInMay()
    expect((await measure(request('final'))).corrections).toEqual([])
  })

  it('corrects a period whose invoice came to nothing', async () => {
    await lateInMay()
    const skipped = { invoiceId: uuid('may'), reason: 'no_fees', subscriptionId: null, measurementId: null }
    const { type, data, metadata, id } = recorded(InvoiceSkipped({ ...skipped, droppedFeeIds: [] }))
    const stream = `invoice-${uuid('may')}`
    await world.eventStore.append(stream, 'no-stream', [{ id, type, data, metadata, schemaVersion: 1 }])
    expect((await measure(request('final'))).corrections).toHaveLength(1)
  })

  it('is not corrected by its own invoice', async () => {
    await measure(may())
    await world.invoice(uuid('may'), 'finalized')
    await world.ingest([ingestEvent('late', inMay)])
    expect(await measure(may('final'))).toMatchObject({ corrections: [] })
    expect(await world.log.openPeriodsOf(organizationId, uuid('subscription'), 10)).toEqual([])
  })

  it('corrects as many periods as one event can hold, the oldest first', async () => {
    const many = Array.from({ length: 100 }, (_, index) => `${'a long code '.repeat(20)}${index}`)
    for (const code of ['tokens', ...many.slice(1)]) await world.metric(code)
    await world.plan('large', ['tokens', ...many.slice(1)])
    const days = Array.from({ length: 28 }, (_, index) => String(index + 1).padStart(2, '0'))
    for (const day of days) {
      const period = { start: `2026-02-${day}T00:00:00.000Z`, end: `2026-02-${day}T12:00:00.000Z` }
      await measure(request('draft', { invoiceId: uuid(day), period, planId: uuid('large') }))
      await world.invoice(uuid(day), 'finalized')
      await world.ingest([ingestEvent(day, { timestamp: period.start })])
    }
    const measured = await measure(request('final'))
    const corrected = measured.corrections.map(({ invoiceId }) => invoiceId)
    expect(corrected).toEqual(days.slice(0, corrected.length).map(uuid))
    expect(Buffer.byteLength(JSON.stringify(measured.corrections))).toBeLessThanOrEqual(CORRECTIONS_BYTES_MAX)
    expect(corrected.length).toBeGreaterThan(1)
  })

  describe('after the end of the subscription', () => {
    const late = (purpose: Asked['purpose'] = 'draft') =>
      request(purpose, { invoiceId: uuid('correction'), period: null, boundary: { kind: 'correction' } })
    it('records the corrections alone', async () => {
      await lateInMay('finalized')
      expect(await measure(late())).toMatchObject({ charges: [], corrections: [{ invoiceId: uuid('may') }] })
    })
    it('records nothing when no period is open', async () => {
      await measure(may('final'))
      await world.invoice(uuid('may'), 'finalized')
      expect(await measure(late())).toBeUndefined()
    })
    it('records nothing while the invoice of the changed period is a draft', async () => {
      await lateInMay('draft')
      expect(await measure(late())).toBeUndefined()
    })
    it('records the last measurement whatever it holds, so that the finalization goes on', async () =>
      expect(await measure(late('final'))).toMatchObject({ charges: [], corrections: [] }))
  })

  it('gives current usage by the same numbers', async () => {
    await world.ingest([ingestEvent('a'), ingestEvent('b')])
    const current = await world.ask<{ charges: MeasuredCharge[] }>('CurrentUsage', request('draft'))
    expect(current.charges).toEqual((await measure(request('draft'))).charges)
    await world.plan('flat', [])
    expect(await world.ask('CurrentUsage', request('draft', { planId: uuid('flat') }))).toEqual({
      charges: [],
      corrections: [],
    })
    expect(current.charges[0]).toMatchObject({ chargeId: chargeOf('tokens').chargeId, units: '10' })
  })
})
