import { timerWrites, type Timer } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import {
  SubscriptionPeriodClosed,
  SubscriptionStarted,
  SubscriptionTerminated,
} from '@billstream/subscriptions-contracts'
import { subscriptionTimers } from '@billstream/subscriptions-domain'
import type { opsInMemory } from './ops-in-memory'

export const PERIOD = { start: '2026-05-01T00:00:00.000Z', end: '2026-06-01T00:00:00.000Z' }

const NEXT_END = '2026-07-01T00:00:00.000Z'

export type Ops = ReturnType<typeof opsInMemory>

export async function start(ops: Ops, name: string): Promise<string> {
  const subscriptionId = derivedId('subscription', name)
  const started = SubscriptionStarted({ subscriptionId, period: PERIOD } as never)
  await ops.record([started], { stream: `subscription-${subscriptionId}`, commandId: derivedId('start', name) })
  return subscriptionId
}

export async function terminate(ops: Ops, subscriptionId: string): Promise<void> {
  const terminated = SubscriptionTerminated({ subscriptionId } as never)
  await ops.record([terminated], {
    stream: `subscription-${subscriptionId}`,
    commandId: derivedId('end', subscriptionId),
  })
}

/** The end of its first period has come, and what its timer asks for was done. */
export async function closePeriod(ops: Ops, subscriptionId: string): Promise<void> {
  await fire(ops, subscriptionId)
  const closed = SubscriptionPeriodClosed({ subscriptionId, next: { start: PERIOD.end, end: NEXT_END } } as never)
  await ops.record([closed], {
    stream: `subscription-${subscriptionId}`,
    commandId: derivedId('close', subscriptionId),
  })
}

/** Its open timer has fired; what comes of it is another matter. */
export async function fire({ ports: { timers } }: Ops, subscriptionId: string): Promise<Timer> {
  const [open] = await timers.list({ aggregateId: subscriptionId, limit: 1 })
  if (!open) throw new Error('There is no timer to fire.')
  await timers.fired([open.id])
  return open
}

/** The rules of subscriptions go on to the end of the store. */
export async function followRules({ ports: { timers, eventStore } }: Ops): Promise<void> {
  const [from, to] = [await timers.checkpoint('subscriptions'), await eventStore.head()]
  for await (const { events, reached } of eventStore.subscribe(from, {
    filter: { types: Object.keys(subscriptionTimers.on) },
  })) {
    const writes = events.flatMap((event) => timerWrites(subscriptionTimers, event))
    await timers.commit('subscriptions', { from: await timers.checkpoint('subscriptions'), to: reached }, writes)
    if (reached >= to) return
  }
}

/** The open timer of the subscription is gone, and nothing tells of it. */
export async function lose({ ports: { timers } }: Ops, subscriptionId: string): Promise<Timer> {
  const [lost] = await timers.list({ aggregateId: subscriptionId, limit: 1 })
  if (!lost) throw new Error('There is no timer to lose.')
  const at = await timers.checkpoint('subscriptions')
  await timers.commit('subscriptions', { from: at, to: at }, [{ kind: 'cancel', ...lost }])
  return lost
}
