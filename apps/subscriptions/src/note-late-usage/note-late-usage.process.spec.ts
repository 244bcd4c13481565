import { recorded } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { NoteLateUsage, SubscriptionTerminated } from '@billstream/subscriptions-contracts'
import { MeasuredPeriodChanged, PeriodMeasured } from '@billstream/usage-contracts'
import { noteLateUsageOfSubscription } from './note-late-usage.process'

const period = { start: '2026-05-01T00:00:00.000Z', end: '2026-06-01T00:00:00.000Z' }
const subscriptionOf = (customer: string) => derivedId('subscription', customer)
const changed = (customer: string, change = 1) =>
  recorded(
    MeasuredPeriodChanged({
      ...{ invoiceId: derivedId('may', customer), subscriptionId: subscriptionOf(customer), period, change },
      ...{ customerExternalId: customer, measured: {} },
    }),
  )
const measured = (purpose: 'draft' | 'refresh' | 'final', correctionCount: number) => {
  const correction = { invoiceId: derivedId('may', 'acme'), period, planId: derivedId('plan'), planVersion: 1 }
  return recorded(
    PeriodMeasured({
      ...{ measurementId: derivedId(purpose), purpose, invoiceId: derivedId('june'), period: null, boundary: {} },
      ...{ subscriptionId: subscriptionOf('acme'), customerId: derivedId('acme'), externalCustomerId: 'acme' },
      ...{ externalSubscriptionId: 'acme-1', planId: derivedId('plan'), planVersion: 1, watermark: '1', charges: [] },
      corrections: Array.from({ length: correctionCount }, () => ({ ...correction, charges: [] })),
    }),
  )
}
const react = (event: ReturnType<typeof recorded>) => noteLateUsageOfSubscription.react(event, undefined)
const told = (customer: string) => [{ definition: NoteLateUsage, data: { subscriptionId: subscriptionOf(customer) } }]

describe('usage that came after a measurement', () => {
  it('is told to its subscription', () => expect(react(changed('acme'))).toMatchObject(told('acme')))
  it('is told the same when it is heard of twice', () => expect(react(changed('acme'))).toEqual(react(changed('acme'))))
  it('is told for each change, in whatever order they are heard', () => {
    expect(noteLateUsageOfSubscription.evolve).toBeUndefined()
    expect([changed('acme', 2), changed('acme', 1)].flatMap(react)).toHaveLength(2)
  })
  it('of another customer is told to the other subscription', () =>
    expect(react(changed('globex'))).toMatchObject(told('globex')))
})

describe('an invoice that was measured for the last time', () => {
  it('with corrections has its subscription look again', () =>
    expect(react(measured('final', 2))).toMatchObject(told('acme')))
  it('without corrections has nothing to look for', () => expect(react(measured('final', 0))).toEqual([]))
  it.each(['draft', 'refresh'] as const)('is not heard of by its %s', (purpose) =>
    expect(react(measured(purpose, 1))).toEqual([]),
  )
})

it('does nothing at other events', () =>
  expect(react(recorded({ type: SubscriptionTerminated.type, data: {} }))).toEqual([]))
