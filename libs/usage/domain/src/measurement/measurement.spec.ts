import { NOTHING_MEASURED } from '@billstream/rating'
import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import { MeasurePeriod, PeriodMeasured } from '@billstream/usage-contracts'
import { measuredCharges, type MetricTerms } from './measured-charges'
import { measurementDecider } from './measurement.decider'

const uuid = (last: number) => `00000000-0000-7000-8000-00000000000${last}`
const request = {
  measurementId: uuid(1),
  purpose: 'draft' as const,
  invoiceId: uuid(2),
  subscriptionId: uuid(3),
  customerId: uuid(4),
  externalCustomerId: 'acme',
  externalSubscriptionId: 'acme-main',
  planId: uuid(5),
  planVersion: 1,
  period: { start: '2026-06-01T00:00:00.000Z', end: '2026-07-01T00:00:00.000Z' },
  boundary: { kind: 'period_close' },
}
const charge = { chargeId: uuid(6), metricId: uuid(7), metricCode: 'tokens' }
const usage = { eventsCount: 3, sum: '10.21', max: '8', latest: '-1', uniqueCount: 2 }
const measure = (terms: MetricTerms, measured = new Map([['tokens', usage]])) =>
  measuredCharges([charge], new Map([[charge.metricId, terms]]), measured)[0]

describe('a measurement', () => {
  const { given } = specificationOf(measurementDecider)
  const facts = { charges: [], corrections: [], watermark: '7' }
  const command = { ...MeasurePeriod(request, testMetadata()), facts }
  const measured = PeriodMeasured({ ...request, charges: [], corrections: [], watermark: '7' })

  it('records what the log measured', () => given().when(command).then(measured))
  it('is made once, whatever is measured later', () =>
    given(measured)
      .when({ ...command, facts: { ...facts, watermark: '8' } })
      .nothing())
})

describe('a measured charge', () => {
  it.each([
    ['count', '3'],
    ['sum', '10.21'],
    ['max', '8'],
    ['latest', '-1'],
    ['unique_count', '2'],
  ] as const)('has the units of %s', (aggregation, units) =>
    expect(measure({ aggregation, rounding: null })).toEqual({
      ...charge,
      aggregation,
      rounding: null,
      parts: usage,
      units,
    }),
  )

  it.each([
    ['ceil', 1, '10.3'],
    ['floor', 1, '10.2'],
    ['round', 0, '10'],
  ] as const)('rounds the aggregate once: %s at %i', (fn, precision, units) =>
    expect(measure({ aggregation: 'sum', rounding: { fn, precision } })?.units).toBe(units),
  )

  it('has no units without usage', () => {
    expect(measure({ aggregation: 'max', rounding: null }, new Map())).toMatchObject({
      parts: NOTHING_MEASURED,
      units: '0',
    })
  })

  it('cannot be measured by a metric that is not known', () =>
    expect(() => measuredCharges([charge], new Map(), new Map())).toThrow(charge.metricId))
})
