import { recorded } from '@billstream/event-sourcing-core/testing'
import { invoiceIdOf } from '@billstream/invoicing-contracts'
import { derivedId } from '@billstream/kernel'
import {
  SubscriptionCreated,
  SubscriptionPeriodClosed,
  SubscriptionStarted,
  SubscriptionTerminated,
  type Boundary,
} from '@billstream/subscriptions-contracts'
import { uuid } from '../../test/usage-world'
import { measurePeriodAtBoundary } from './measure-period-at-boundary.process'

const JUNE = { start: '2026-06-01T00:00:00.000Z', end: '2026-07-01T00:00:00.000Z' }
const JULY = { start: JUNE.end, end: '2026-08-01T00:00:00.000Z' }
const plan = {
  ...{ planId: uuid('pro'), planVersion: 3, planName: 'Pro', interval: 'monthly' as const },
  ...{ amount: '2000', currency: 'USD' },
}
const base = { plan, full: JULY, from: JULY.start, to: JULY.end, timezone: 'UTC' }
const boundary = (over: Partial<Boundary> = {}): Boundary => ({
  ...{ kind: 'period_close', at: JUNE.end, customerId: uuid('acme'), externalCustomerId: 'acme' },
  ...{ externalSubscriptionId: 'acme-main', plan, closed: JUNE, base: null, ...over },
})
const subscriptionId = uuid('subscription')
const closed = (over?: Partial<Boundary>, id = uuid('closed')) =>
  recorded(SubscriptionPeriodClosed({ subscriptionId, next: JULY, timezone: 'UTC', boundary: boundary(over) }), { id })
const started = (over: Partial<Boundary>) =>
  recorded(
    SubscriptionStarted({
      subscriptionId,
      ...{ startedAt: JULY.start, timezone: 'UTC' },
      period: JULY,
      boundary: boundary({ kind: 'start', ...over }),
    }),
  )
const ended = (at: Boundary | null) =>
  recorded(
    SubscriptionTerminated({
      subscriptionId,
      endedAt: JUNE.end,
      onTerminationAction: 'generate_invoice',
      boundary: at,
    }),
  )
const react = (event: Parameters<typeof measurePeriodAtBoundary.react>[0]) =>
  measurePeriodAtBoundary.react(event, undefined)
const data = (event: Parameters<typeof react>[0]) => react(event).map((wanted) => wanted.data)

describe('a boundary of a subscription', () => {
  it('has its closed period measured for the draft of its one invoice', () => {
    const invoiceId = invoiceIdOf(uuid('closed'))
    expect(data(closed())).toEqual([
      {
        ...{ measurementId: derivedId('measurement', invoiceId, 'draft'), purpose: 'draft', invoiceId, subscriptionId },
        ...{ customerId: uuid('acme'), externalCustomerId: 'acme', externalSubscriptionId: 'acme-main' },
        ...{ planId: plan.planId, planVersion: 3, period: JUNE, boundary: boundary() },
      },
    ])
  })

  it('is measured the same when it is heard of twice', () => expect(react(closed())).toEqual(react(closed())))

  it('is measured whatever was heard of before: there is no state to be out of order', () => {
    const [later, earlier] = [closed({}, uuid('later')), closed({}, uuid('earlier'))]
    expect([react(later), react(earlier)]).toEqual([react(earlier), react(later)].reverse())
    expect(measurePeriodAtBoundary.evolve).toBeUndefined()
  })

  it('is measured for its own customer', () =>
    expect(data(closed({ externalCustomerId: 'globex', customerId: uuid('globex') }))).toMatchObject([
      { externalCustomerId: 'globex', customerId: uuid('globex') },
    ]))

  it('is measured at a start in advance, though no usage closes', () =>
    expect(data(started({ closed: null, base }))).toMatchObject([{ period: null, purpose: 'draft' }]))

  it('is measured at the end', () =>
    expect(data(ended(boundary({ kind: 'end' })))).toMatchObject([{ period: JUNE, subscriptionId }]))

  describe('that bills nothing', () => {
    it.each([
      ['a start in arrears', started({ closed: null })],
      ['an end without a boundary', ended(null)],
      ['another event', recorded({ type: SubscriptionCreated.type, data: {} })],
    ])('is not measured: %s', (_, event) => expect(react(event)).toEqual([]))
  })
})
