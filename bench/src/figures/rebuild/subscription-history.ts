import type { DomainEvent, NewEvent } from '@billstream/event-sourcing-core'
import type { EventStore } from '@billstream/event-sourcing-runtime'
import { timeOrderedId } from '@billstream/kernel'
import {
  SubscriptionCreated,
  SubscriptionPeriodClosed,
  SubscriptionStarted,
  type Boundary,
  type SubscribedPlan,
} from '@billstream/subscriptions-contracts'
import type { Bench } from '../../world/bench'
import { doAll } from '../../world/drive'

/** Created, started, and so many periods closed: every one of them changes the view. */
const PERIODS_CLOSED = 8
/** Of one subscription. */
const HISTORY_EVENTS = 2 + PERIODS_CLOSED
/** Appends that are waiting at once: the store groups them. */
const APPENDS_AT_ONCE = 256

const AT = '2026-01-01T00:00:00.000Z'
const PERIOD = { start: AT, end: '2026-02-01T00:00:00.000Z' }
const TIMEZONE = 'UTC'

/** Records at least so many events of subscriptions; resolves with their number. */
export async function recordHistory(
  store: Pick<EventStore, 'append'>,
  events: number,
  { say }: Pick<Bench, 'say'>,
): Promise<number> {
  const subscriptions = Math.ceil(events / HISTORY_EVENTS)
  const organizationId = timeOrderedId()
  await doAll(APPENDS_AT_ONCE, subscriptions, async (index) => {
    const subscriptionId = timeOrderedId()
    const history = historyOf(subscriptionId).map((event) => recordable(event, organizationId))
    const appended = await store.append(`subscription-${subscriptionId}`, 'no-stream', history)
    if (!appended.ok) throw new Error(appended.error.message)
    if (index % 10_000 === 9_999) say(`  ${(index + 1) * HISTORY_EVENTS} of ${events} events are recorded`)
  })
  return subscriptions * HISTORY_EVENTS
}

function historyOf(subscriptionId: string): DomainEvent[] {
  const id = timeOrderedId()
  const plan: SubscribedPlan = {
    ...{ planId: id, planVersion: 1, planName: 'Plan', interval: 'monthly', amount: '1000', currency: 'USD' },
  }
  const boundary = (kind: 'start' | 'period_close'): Boundary => ({
    ...{ kind, at: AT, customerId: id, externalCustomerId: 'a customer', externalSubscriptionId: subscriptionId, plan },
    closed: PERIOD,
    base: { plan, full: PERIOD, from: PERIOD.start, to: PERIOD.end, timezone: TIMEZONE },
  })
  return [
    SubscriptionCreated({
      ...{ subscriptionId, externalId: subscriptionId, customerId: id, externalCustomerId: 'a customer', plan },
      ...{ billingTime: 'calendar', payInAdvance: false, onTerminationAction: 'generate_invoice' },
      ...{ timezone: TIMEZONE, subscriptionAt: null, startsAt: AT },
    }),
    SubscriptionStarted({
      ...{ subscriptionId, startedAt: AT, period: PERIOD, timezone: TIMEZONE, boundary: boundary('start') },
    }),
    ...Array.from({ length: PERIODS_CLOSED }, () =>
      SubscriptionPeriodClosed({
        subscriptionId,
        next: PERIOD,
        timezone: TIMEZONE,
        boundary: boundary('period_close'),
      }),
    ),
  ]
}

function recordable(event: DomainEvent, organizationId: string): NewEvent {
  const id = timeOrderedId()
  return {
    ...event,
    id,
    schemaVersion: 1,
    metadata: {
      ...{ organizationId, actor: { type: 'timer', id: 'bench' }, commandId: id, correlationId: id, causationId: id },
      occurredAt: AT,
    },
  }
}
