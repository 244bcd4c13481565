import { derivedId } from '@billstream/kernel'
import type { Timer, Timers, TimerWrite } from '../ports/timers.port'
import { at } from './kit-instants'

export type Given = () => Timers

/** A timer of an aggregate, due so many seconds after the beginning. */
export function timer(aggregateId: string, due: number, given: Partial<Timer> = {}): Timer {
  const rule = given.rule ?? 'period-close'
  return {
    id: derivedId('timer', rule, aggregateId, at(due)),
    owner: 'subscriptions',
    rule,
    aggregateId,
    organizationId: 'organization-1',
    clockId: null,
    due: at(due),
    rank: 20,
    tieBreak: aggregateId,
    command: { context: 'subscriptions', type: 'ClosePeriod', data: { aggregateId, text: '\0 💳' }, target: 'x-1' },
    causationId: derivedId('event', aggregateId),
    ...given,
  }
}

export const set = (each: Timer): TimerWrite => ({ kind: 'set', timer: each })
export const cancel = ({ owner, rule, aggregateId }: Timer): TimerWrite => ({
  kind: 'cancel',
  owner,
  rule,
  aggregateId,
})
export const rules = 'subscription-timers'

export async function write(timers: Timers, ...writes: TimerWrite[]): Promise<void> {
  const from = await timers.checkpoint(rules)
  expect(await timers.commit(rules, { from, to: from + 1n }, writes)).toBe(true)
}
