import { compareInstants } from '@billstream/kernel'
import {
  on,
  TIMER_RANK,
  want,
  type RecordedEvent,
  type TimerChange,
  type TimerRules,
  type WantedCommand,
} from '@billstream/event-sourcing-core'
import {
  ActivateSubscription,
  ClosePeriod,
  SubscriptionCreated,
  SubscriptionPeriodClosed,
  SubscriptionStarted,
  SubscriptionTerminated,
} from '@billstream/subscriptions-contracts'

const START = 'subscription-start'
const PERIOD_CLOSE = 'period-close'

/** A start in the future, and the end of the open period. Source: rules/boxbilling.md section 15. */
export const subscriptionTimers: TimerRules = {
  name: 'subscriptions',
  context: 'subscriptions',
  on: {
    ...on(SubscriptionCreated, (event) => {
      const { subscriptionId, startsAt } = event.data
      // A start that has come is in the same append.
      if (startsAt === null || compareInstants(startsAt, event.metadata.occurredAt) <= 0) return []
      return [set(event, { rule: START, due: startsAt, command: want(ActivateSubscription, { subscriptionId }) })]
    }),
    ...on(SubscriptionStarted, (event) => [cancel(START, event), closeAt(event, event.data.period.end)]),
    ...on(SubscriptionPeriodClosed, (event) => [closeAt(event, event.data.next.end)]),
    ...on(SubscriptionTerminated, (event) => [cancel(START, event), cancel(PERIOD_CLOSE, event)]),
  },
}

type OfSubscription = RecordedEvent<string, { subscriptionId: string }>

const RANKS = { [START]: TIMER_RANK.subscriptionStart, [PERIOD_CLOSE]: TIMER_RANK.periodClose } as const

function closeAt(event: OfSubscription, periodEnd: string): TimerChange {
  const command = want(ClosePeriod, { subscriptionId: event.data.subscriptionId, periodEnd })
  return set(event, { rule: PERIOD_CLOSE, due: periodEnd, command })
}

function set(
  { data, metadata }: OfSubscription,
  timer: { rule: keyof typeof RANKS; due: string; command: WantedCommand },
): TimerChange {
  const { subscriptionId } = data
  return {
    kind: 'set',
    timer: {
      ...timer,
      aggregateId: subscriptionId,
      rank: RANKS[timer.rule],
      tieBreak: subscriptionId,
      ...(metadata.clockId !== undefined && { clockId: metadata.clockId }),
    },
  }
}

function cancel(rule: keyof typeof RANKS, { data }: OfSubscription): TimerChange {
  return { kind: 'cancel', rule, aggregateId: data.subscriptionId }
}
