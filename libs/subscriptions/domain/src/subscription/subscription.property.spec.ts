import * as fc from 'fast-check'
import { addMinutes, compareInstants, instantOfMillis, ok, part, type Period } from '@billstream/kernel'
import { foldEvents } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { baseFee } from '@billstream/rating'
import {
  ClosePeriod,
  CreateSubscription,
  intervalOf,
  TerminateSubscription,
  type BasePart,
  type Boundary,
  type PlanInterval,
  type SubscriptionCommand,
  type SubscriptionEvent,
} from '@billstream/subscriptions-contracts'
import { subscriptionDecider } from './subscription.decider'

const subscriptionId = '00000000-0000-7000-8000-0000000000d1'
const zones = fc.constantFrom(
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Australia/Lord_Howe'],
  ...['Pacific/Apia', 'Pacific/Kiritimati', 'Africa/Cairo', 'Asia/Beirut', 'America/Havana', 'Asia/Tokyo'],
)
const history = fc.record({
  interval: fc.constantFrom<PlanInterval>('weekly', 'monthly', 'quarterly', 'yearly'),
  billingTime: fc.constantFrom<'calendar' | 'anniversary'>('calendar', 'anniversary'),
  payInAdvance: fc.boolean(),
  amount: fc.bigInt({ min: 0n, max: 999_999n }),
  startedAt: fc.integer({ min: Date.UTC(2009, 0, 1), max: Date.UTC(2030, 0, 1) }).map(instantOfMillis),
  firstZone: zones,
  /** The zone that holds at each close by the timer. */
  closes: fc.array(zones, { maxLength: 6 }),
  endsAfterMinutes: fc.integer({ min: 0, max: 60 * 24 * 200 }),
})
type History = typeof history extends fc.Arbitrary<infer T> ? T : never

function live(life: History): readonly SubscriptionEvent[] {
  const events: SubscriptionEvent[] = []
  const decide = (command: SubscriptionCommand, facts: unknown) => {
    const outcome = subscriptionDecider.decide({ ...command, facts }, foldEvents(subscriptionDecider, events))
    expect(outcome).toEqual(ok(expect.anything()))
    if (outcome.ok) events.push(...outcome.value)
  }
  const open = () => {
    const state = foldEvents(subscriptionDecider, events)
    if (state.status !== 'active') throw new Error('not active')
    return state
  }
  decide(createOf(life), { externalCustomerId: 'acme', plan: planOf(life), timezone: life.firstZone })
  for (const timezone of life.closes) {
    const periodEnd = open().period.end
    decide(ClosePeriod({ subscriptionId, periodEnd }, testMetadata({ now: periodEnd })), { timezone })
  }
  const now = addMinutes(open().period.start, life.endsAfterMinutes)
  const terminate = TerminateSubscription({ subscriptionId, onTerminationAction: null }, testMetadata({ now }))
  decide(terminate, { timezone: life.closes.at(-1) ?? life.firstZone })
  return events
}

function createOf({ billingTime, payInAdvance, startedAt }: History) {
  return CreateSubscription(
    {
      subscriptionId,
      externalId: 'acme-1',
      customerId: '00000000-0000-7000-8000-0000000000c1',
      planId: '00000000-0000-7000-8000-0000000000b1',
      billingTime,
      payInAdvance,
      onTerminationAction: 'generate_invoice',
      startedAt,
      subscriptionAt: null,
    },
    testMetadata({ now: startedAt }),
  )
}

function planOf({ interval, amount }: History) {
  const planId = '00000000-0000-7000-8000-0000000000b1'
  return { planId, planVersion: 1, planName: 'Pro', interval, amount: amount.toString(), currency: 'USD' }
}

function boundariesOf(events: readonly SubscriptionEvent[]): Boundary[] {
  return events.flatMap(({ data }) => ('boundary' in data && data.boundary ? [data.boundary] : []))
}

function expectTiles(stretches: readonly Period[], start: string, end: string) {
  let reached = start
  for (const stretch of stretches) {
    expect(stretch.start).toBe(reached)
    expect(compareInstants(stretch.start, stretch.end)).toBe(-1)
    reached = stretch.end
  }
  expect(reached).toBe(end)
}

const feeOf = ({ plan, full, from, to, timezone }: BasePart) =>
  baseFee({
    amount: BigInt(plan.amount),
    unit: intervalOf(plan.interval).unit,
    period: full,
    stretch: { start: from, end: to },
    timezone,
  })

describe('any life of a subscription', () => {
  it('bills the usage of each instant once, from its start to its end', () =>
    fc.assert(
      fc.property(history, (life) => {
        const boundaries = boundariesOf(live(life))
        const end = boundaries.at(-1)?.at ?? ''
        expectTiles(
          boundaries.flatMap(({ closed }) => closed ?? []),
          life.startedAt,
          end,
        )
      }),
    ))
  it('bills the base of each instant once: until the end in arrears, to the end of the open period in advance', () =>
    fc.assert(
      fc.property(history, (life) => {
        const boundaries = boundariesOf(live(life))
        const bases = boundaries.flatMap(({ base }) => base ?? [])
        const paidUntil = life.payInAdvance ? (bases.at(-1)?.to ?? '') : (boundaries.at(-1)?.at ?? '')
        expectTiles(
          bases.map(({ from, to }) => ({ start: from, end: to })),
          life.startedAt,
          paidUntil,
        )
      }),
    ))
  it('bills a whole period its whole amount, and parts by part()', () =>
    fc.assert(
      fc.property(history, (life) => {
        for (const base of boundariesOf(live(life)).flatMap(({ base }) => base ?? [])) {
          const fee = feeOf(base)
          if (base.from === base.full.start && base.to === base.full.end) expect(fee.amount).toBe(life.amount)
          const before = part(life.amount, 0, fee.from, fee.ofDays)
          const after = part(life.amount, fee.to, fee.ofDays, fee.ofDays)
          expect(before + fee.amount + after).toBe(life.amount)
        }
      }),
    ))
})
