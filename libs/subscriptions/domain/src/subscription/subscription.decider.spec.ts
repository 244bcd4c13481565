import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import { baseFee } from '@billstream/rating'
import {
  ActivateSubscription,
  ClosePeriod,
  CreateSubscription,
  NoteLateUsage,
  TerminateSubscription,
  type BasePart,
  type SubscriptionEvent,
} from '@billstream/subscriptions-contracts'
import { subscriptionDecider } from './subscription.decider'

const subscriptionId = '00000000-0000-7000-8000-0000000000d1'
const customerId = '00000000-0000-7000-8000-0000000000c1'
const plan = {
  planId: '00000000-0000-7000-8000-0000000000b1',
  planVersion: 1,
  planName: 'Pro',
  interval: 'monthly' as const,
  amount: '3100',
  currency: 'USD',
}
const facts = { externalCustomerId: 'acme', plan, timezone: 'UTC' }
type Create = Parameters<typeof CreateSubscription>[0]

const create = (over: Partial<Create> = {}, now = '2026-01-12T00:00:00.000Z', withFacts = facts) => ({
  ...CreateSubscription(
    {
      subscriptionId,
      externalId: 'acme-1',
      customerId,
      planId: plan.planId,
      billingTime: 'calendar',
      payInAdvance: false,
      onTerminationAction: 'generate_invoice',
      startedAt: '2026-01-12T00:00:00.000Z',
      subscriptionAt: null,
      ...over,
    },
    testMetadata({ now }),
  ),
  facts: withFacts,
})
const activate = (now: string, withFacts = { plan, timezone: 'UTC' }) => ({
  ...ActivateSubscription({ subscriptionId }, testMetadata({ now })),
  facts: withFacts,
})
const close = (periodEnd: string, timezone = 'UTC', now = periodEnd) => ({
  ...ClosePeriod({ subscriptionId, periodEnd }, testMetadata({ now, due: periodEnd })),
  facts: { timezone },
})
type Action = Create['onTerminationAction']
const terminate = (now: string, onTerminationAction: Action | null = null) => ({
  ...TerminateSubscription({ subscriptionId, onTerminationAction }, testMetadata({ now })),
  facts: { timezone: 'UTC' },
})
const noteLateUsage = (now: string) => NoteLateUsage({ subscriptionId }, testMetadata({ now }))

type Of<Type extends SubscriptionEvent['type']> = Extract<SubscriptionEvent, { type: Type }>
const { given } = specificationOf(subscriptionDecider)

function eventsOf(outcome: ReturnType<typeof subscriptionDecider.decide>): readonly SubscriptionEvent[] {
  if (!outcome.ok) throw new Error(outcome.error.code)
  return outcome.value
}
function only<Type extends SubscriptionEvent['type']>(events: readonly SubscriptionEvent[], type: Type): Of<Type> {
  const found = events.filter((event): event is Of<Type> => event.type === type)
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} x ${type}`)
  return found[0]
}
const created = (over: Partial<Create> = {}, now?: string) =>
  eventsOf(given().when(create(over, now)).outcome) as SubscriptionEvent[]
const feeOf = (base: BasePart | null) =>
  base &&
  baseFee({
    amount: BigInt(base.plan.amount),
    unit: 'month',
    period: base.full,
    stretch: { start: base.from, end: base.to },
    timezone: base.timezone,
  }).amount

describe('a subscription that does not exist', () => {
  it('runs at once from a start that has come; in arrears nothing is due yet', () => {
    const events = created()
    expect(events.map(({ type }) => type)).toEqual(['SubscriptionCreated', 'SubscriptionStarted'])
    const { data } = only(events, 'SubscriptionStarted')
    expect(data.period).toEqual({ start: '2026-01-01T00:00:00.000Z', end: '2026-02-01T00:00:00.000Z' })
    expect(data.boundary).toMatchObject({ kind: 'start', closed: null, base: null, externalCustomerId: 'acme' })
  })
  it('E17: bills in advance 2000 of 3100 from 12 January', () => {
    const { data } = only(created({ payInAdvance: true }), 'SubscriptionStarted')
    expect(feeOf(data.boundary.base)).toBe(2000n)
  })
  it('waits without a start, and with one in the future', () => {
    const [withoutStart, ...none] = created({ startedAt: null })
    expect(none).toEqual([])
    expect(withoutStart).toMatchObject({ type: 'SubscriptionCreated', data: { startsAt: null } })
    const future = created({ startedAt: null, subscriptionAt: '2026-03-01T00:00:00.000Z' })
    expect(future).toMatchObject([{ data: { startsAt: '2026-03-01T00:00:00.000Z' } }])
  })
  it('lets started_at win over subscription_at', () =>
    expect(created({ subscriptionAt: '2026-05-01T00:00:00.000Z' })).toHaveLength(2))
  it('starts up to 100 closed periods ago', () => {
    const now = '2026-01-12T00:00:00.000Z'
    expect(created({ startedAt: '2017-09-30T23:59:59.000Z' }, now)).toHaveLength(2)
    given()
      .when(create({ startedAt: '2017-08-31T23:59:59.000Z' }, now))
      .refuses('started_too_long_ago', 'started_at')
    given()
      .when(create({ startedAt: null, subscriptionAt: '1950-01-01T00:00:00.000Z' }, now))
      .refuses('started_too_long_ago', 'subscription_at')
  })
  it('refuses a credit note at the end of one that is paid in advance', () =>
    given()
      .when(create({ payInAdvance: true, onTerminationAction: 'generate_credit_note' }))
      .refuses('not_available', 'on_termination_action'))
  it('cannot be activated, closed or terminated', () => {
    given().when(activate('2026-01-12T00:00:00.000Z')).refuses('subscription_not_found')
    given().when(close('2026-02-01T00:00:00.000Z')).refuses('period_not_due')
    given().when(terminate('2026-02-01T00:00:00.000Z')).refuses('subscription_not_found')
  })
})

describe('a pending subscription', () => {
  const pending = created({ startedAt: '2026-03-01T00:00:00.000Z' })
  it('starts now when activated by hand', () =>
    expect(eventsOf(given(...pending).when(activate('2026-02-10T08:00:00.000Z')).outcome)).toMatchObject([
      { type: 'SubscriptionStarted', data: { startedAt: '2026-02-10T08:00:00.000Z' } },
    ]))
  it('starts at its start when the timer is late', () =>
    expect(eventsOf(given(...pending).when(activate('2026-04-10T08:00:00.000Z')).outcome)).toMatchObject([
      { type: 'SubscriptionStarted', data: { startedAt: '2026-03-01T00:00:00.000Z' } },
    ]))
  it("bills the plan's newest version and the present timezone from its start", () => {
    const newest = { ...plan, planVersion: 3, amount: '5000' }
    const command = activate('2026-03-01T00:00:00.000Z', { plan: newest, timezone: 'Asia/Tokyo' })
    const { data } = only(eventsOf(given(...pending).when(command).outcome), 'SubscriptionStarted')
    expect(data.boundary.plan).toEqual(newest)
    expect(data).toMatchObject({
      timezone: 'Asia/Tokyo',
      period: { start: '2026-02-28T15:00:00.000Z', end: '2026-03-31T15:00:00.000Z' },
    })
  })
  it('ends without a boundary', () =>
    expect(eventsOf(given(...pending).when(terminate('2026-02-10T08:00:00.000Z')).outcome)).toMatchObject([
      { type: 'SubscriptionTerminated', data: { endedAt: '2026-02-10T08:00:00.000Z', boundary: null } },
    ]))
  it('has no period to close', () =>
    given(...pending)
      .when(close('2026-04-01T00:00:00.000Z'))
      .refuses('period_not_due'))
})

describe('an active subscription in arrears', () => {
  const active = created()
  const february = '2026-02-01T00:00:00.000Z'
  it('E17: closes its first period with 2000 of 3100, the usage since its start, and goes on', () => {
    const { data } = only(eventsOf(given(...active).when(close(february)).outcome), 'SubscriptionPeriodClosed')
    expect(data.next).toEqual({ start: february, end: '2026-03-01T00:00:00.000Z' })
    expect(data.boundary).toMatchObject({ at: february, closed: { start: '2026-01-12T00:00:00.000Z', end: february } })
    expect(feeOf(data.boundary.base)).toBe(2000n)
  })
  it('closes a period once, and not before its end', () => {
    const closed = eventsOf(given(...active).when(close(february)).outcome)
    given(...active, ...closed)
      .when(close(february))
      .refuses('period_not_due')
    given(...active)
      .when(close(february, 'UTC', '2026-01-31T23:59:59.999Z'))
      .refuses('period_not_due')
  })
  it('takes its bounds from the period, however late the timer', () =>
    expect(eventsOf(given(...active).when(close(february, 'UTC', '2026-06-01T00:00:00.000Z')).outcome)).toMatchObject([
      { data: { boundary: { at: february } } },
    ]))
  it('E16: bills 1900 of 3000 when it ends on 20 November', () => {
    const november = eventsOf(
      given().when(
        create({ startedAt: '2026-11-01T00:00:00.000Z' }, '2026-11-01T00:00:00.000Z', {
          ...facts,
          plan: { ...plan, amount: '3000' },
        }),
      ).outcome,
    )
    const ended = eventsOf(given(...november).when(terminate('2026-11-20T15:00:00.000Z')).outcome)
    expect(feeOf(only(ended, 'SubscriptionTerminated').data.boundary?.base ?? null)).toBe(1900n)
  })
  it('bills no base with skip, but the usage', () => {
    const ended = eventsOf(given(...active).when(terminate('2026-01-20T00:00:00.000Z', 'skip')).outcome)
    expect(only(ended, 'SubscriptionTerminated').data).toMatchObject({
      onTerminationAction: 'skip',
      boundary: { base: null, closed: { start: '2026-01-12T00:00:00.000Z', end: '2026-01-20T00:00:00.000Z' } },
    })
  })
  it('closes what is due before it ends late, each period a boundary', () => {
    const ended = eventsOf(given(...active).when(terminate('2026-03-15T00:00:00.000Z')).outcome)
    expect(ended.map(({ type }) => type)).toEqual([
      'SubscriptionPeriodClosed',
      'SubscriptionPeriodClosed',
      'SubscriptionTerminated',
    ])
    expect(only(ended, 'SubscriptionTerminated').data.boundary?.closed).toEqual({
      start: '2026-03-01T00:00:00.000Z',
      end: '2026-03-15T00:00:00.000Z',
    })
  })
  it("is one boundary when it ends at its period's close", () => {
    const ended = eventsOf(given(...active).when(terminate(february)).outcome)
    expect(ended).toHaveLength(1)
    const { boundary } = only(ended, 'SubscriptionTerminated').data
    expect(boundary?.closed?.end).toBe(february)
    expect(feeOf(boundary?.base ?? null)).toBe(2000n)
  })
  it('bills nothing more when it ends in the instant in which its period was closed', () => {
    const closed = eventsOf(given(...active).when(close(february)).outcome)
    const ended = eventsOf(given(...active, ...closed).when(terminate(february)).outcome)
    expect(only(ended, 'SubscriptionTerminated').data.boundary).toMatchObject({ closed: null, base: null })
  })
  it('never ends before it began', () => {
    const ended = eventsOf(given(...active).when(terminate('2026-01-11T23:59:59.000Z')).outcome)
    expect(only(ended, 'SubscriptionTerminated').data.endedAt).toBe('2026-01-12T00:00:00.000Z')
  })
  it('cannot be activated or created again', () => {
    given(...active)
      .when(activate(february))
      .refuses('subscription_not_pending')
    given(...active)
      .when(create())
      .refuses('subscription_exists')
  })
})

describe('an active subscription in advance', () => {
  const active = created({ payInAdvance: true })
  it('bills the whole next period at each close', () => {
    const { boundary } = only(
      eventsOf(given(...active).when(close('2026-02-01T00:00:00.000Z')).outcome),
      'SubscriptionPeriodClosed',
    ).data
    expect(boundary.base).toMatchObject({ from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' })
    expect(feeOf(boundary.base)).toBe(3100n)
  })
  it('bills no base at its end, nor one that would begin then', () => {
    const ended = eventsOf(given(...active).when(terminate('2026-02-01T00:00:00.000Z')).outcome)
    expect(ended).toHaveLength(1)
    expect(only(ended, 'SubscriptionTerminated').data.boundary?.base).toBeNull()
  })
  it('refuses a credit note at its end', () =>
    given(...active)
      .when(terminate('2026-01-20T00:00:00.000Z', 'generate_credit_note'))
      .refuses('not_available', 'on_termination_action'))
})

describe('an active subscription whose customer moves', () => {
  it.each([
    ['west', 'America/Los_Angeles', '2026-03-01T08:00:00.000Z'],
    ['east', 'Asia/Tokyo', '2026-02-28T15:00:00.000Z'],
  ])('goes on %s without gap, overlap or a sliver of a period', (_, timezone, end) => {
    const february = '2026-02-01T00:00:00.000Z'
    const events = eventsOf(given(...created({ payInAdvance: true })).when(close(february, timezone)).outcome)
    const { data } = only(events, 'SubscriptionPeriodClosed')
    expect(data).toMatchObject({ timezone, next: { start: february, end } })
    expect(feeOf(data.boundary.base)).toBe(3100n)
  })
})

describe('anniversary billing', () => {
  it('E15: from 31 January to 28 February, 31 March and 30 April, always from the original start', () => {
    let history = created(
      { billingTime: 'anniversary', startedAt: '2026-01-31T00:00:00.000Z' },
      '2026-01-31T00:00:00.000Z',
    )
    const ends = ['2026-02-28', '2026-03-31', '2026-04-30'].map((day) => `${day}T00:00:00.000Z`)
    for (const end of ends) history = [...history, ...eventsOf(given(...history).when(close(end)).outcome)]
    expect(history.at(-1)).toMatchObject({ data: { next: { start: ends[2], end: '2026-05-31T00:00:00.000Z' } } })
  })
})

describe('a subscription that has ended', () => {
  const history = [...created(), ...eventsOf(given(...created()).when(terminate('2026-01-20T00:00:00.000Z')).outcome)]
  const ended = given(...history)
  it('does not end twice, start or close', () => {
    ended.when(terminate('2026-01-21T00:00:00.000Z')).refuses('subscription_ended')
    ended.when(activate('2026-01-21T00:00:00.000Z')).refuses('subscription_not_pending')
    ended.when(close('2026-02-01T00:00:00.000Z')).refuses('period_not_due')
  })
  it('keeps its external id', () =>
    expect(subscriptionDecider.claims?.(ended.state)).toEqual([{ kind: 'subscription-external-id', key: 'acme-1' }]))
})

describe('late usage of a subscription', () => {
  const running = created()
  const end = '2026-01-20T15:00:00.000Z'
  const ended = [...running, ...eventsOf(given(...running).when(terminate(end)).outcome)]
  const noted = (at: string, ...history: readonly SubscriptionEvent[]) =>
    eventsOf(given(...history).when(noteLateUsage(at)).outcome)

  it('that runs waits for its next boundary', () => expect(noted('2026-01-15T00:00:00.000Z', ...running)).toEqual([]))
  it('that never ran is none', () => {
    const pending = created({ startedAt: null })
    const never = eventsOf(given(...pending).when(terminate(end)).outcome)
    expect(noted(end, ...pending, ...never)).toEqual([])
  })
  it('that does not exist is refused', () => given().when(noteLateUsage(end)).refuses('subscription_not_found'))
  it('is billed by what is billed a day after the end', () =>
    expect(noted('2026-01-21T14:59:59.999Z', ...ended)).toEqual([]))
  it('is billed a day after it was heard of, by the terms of the end', () =>
    expect(noted('2026-01-21T15:00:00.000Z', ...ended)).toMatchObject([
      {
        type: 'SubscriptionLateUsageNoted',
        data: {
          boundary: { kind: 'correction', at: '2026-01-22T15:00:00.000Z', plan, closed: null, base: null, customerId },
        },
      },
    ]))
  it('is billed once a day, and again on a later one', () => {
    const first = noted('2026-03-01T00:00:00.000Z', ...ended)
    expect(noted('2026-03-01T23:00:00.000Z', ...ended, ...first)).toEqual([])
    const second = only(noted('2026-03-02T00:00:00.000Z', ...ended, ...first), 'SubscriptionLateUsageNoted')
    expect(second.data.boundary.at).toBe('2026-03-03T00:00:00.000Z')
  })
  it('does not let it live again', () =>
    given(...ended, ...noted('2026-03-01T00:00:00.000Z', ...ended))
      .when(terminate('2026-03-02T00:00:00.000Z'))
      .refuses('subscription_ended'))
})
