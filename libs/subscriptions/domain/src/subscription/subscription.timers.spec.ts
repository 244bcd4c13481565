import { TIMER_RANK, want, type EventMetadata } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { ActivateSubscription, ClosePeriod } from '@billstream/subscriptions-contracts'
import { subscriptionTimers } from './subscription.timers'

const subscriptionId = 's1'
const happened = (type: string, data: object, metadata: Partial<EventMetadata> = {}) => {
  const event = recorded({ type, data: { subscriptionId, ...data } }, { metadata })
  return subscriptionTimers.on[type]?.(event)
}
const now = { occurredAt: '2026-06-01T00:00:00.000Z' }
const start = { rule: 'subscription-start', aggregateId: 's1' }
const close = { rule: 'period-close', aggregateId: 's1' }
const july = '2026-07-01T00:00:00.000Z'
const closeAt = (due: string) => ({
  kind: 'set',
  timer: {
    ...{ ...close, rank: TIMER_RANK.periodClose, tieBreak: 's1', due },
    command: want(ClosePeriod, { subscriptionId, periodEnd: due }),
  },
})

describe('the timers of a subscription', () => {
  it('start it in the future, on the clock of its customer', () =>
    expect(happened('SubscriptionCreated', { startsAt: july }, { ...now, clockId: 'clock-1' })).toEqual([
      {
        kind: 'set',
        timer: {
          ...{ ...start, rank: TIMER_RANK.subscriptionStart, tieBreak: 's1', due: july, clockId: 'clock-1' },
          command: want(ActivateSubscription, { subscriptionId }),
        },
      },
    ]))
  it.each([null, now.occurredAt, '2026-05-01T00:00:00.000Z'])('are none for a start at %s', (startsAt) =>
    expect(happened('SubscriptionCreated', { startsAt }, now)).toEqual([]),
  )
  it('close its first period, and wait for no start any more', () =>
    expect(happened('SubscriptionStarted', { period: { start: now.occurredAt, end: july } })).toEqual([
      { kind: 'cancel', ...start },
      closeAt(july),
    ]))
  it('close the next period after one was closed', () =>
    expect(happened('SubscriptionPeriodClosed', { next: { start: now.occurredAt, end: july } })).toEqual([
      closeAt(july),
    ]))
  it('are gone with its end', () =>
    expect(happened('SubscriptionTerminated', {})).toEqual([
      { kind: 'cancel', ...start },
      { kind: 'cancel', ...close },
    ]))
})
