import fc from 'fast-check'
import { addSeconds, derivedId } from '@billstream/kernel'
import {
  createMemoryPorts,
  type Delivery,
  type DeliveryAttempt,
  type MemoryPorts,
  type OutboxRow,
  type Timer,
  type TimerWrite,
} from '@billstream/event-sourcing-runtime'
import { useTestPorts } from '../test/use-test-ports'

/** One step of a history, on one set of ports; what it returns must be alike on both. */
type Step = (ports: MemoryPorts) => Promise<unknown>

const HISTORIES = 40
const at = (seconds: number) => addSeconds('2026-01-01T00:00:00.000Z', seconds)
const second = fc.integer({ min: 0, max: 6 })
const small = fc.constantFrom('a', 'b', 'c')
const few = { minLength: 0, maxLength: 4 }

describe('PostgreSQL and memory', () => {
  const under = useTestPorts()

  async function alike(step: fc.Arbitrary<Step>): Promise<void> {
    const history = fc.array(step, { minLength: 1, maxLength: 25 })
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        await under().empty()
        const memory = createMemoryPorts()
        for (const take of steps) expect(await take(under().ports)).toEqual(await take(memory))
      }),
      { numRuns: HISTORIES },
    )
  }

  it('give the same answers to any history of timers', () => alike(timerStep))
  it('give the same answers to any history of commands', () => alike(outboxStep))
  it('give the same answers to any history of deliveries', () => alike(deliveryStep))
  it('give the same answers to any history of work', () => alike(workStep))
})

const place = fc.record({
  owner: fc.constantFrom('x', 'y'),
  rule: fc.constantFrom('r1', 'r2'),
  aggregateId: small,
})

const timer: fc.Arbitrary<Timer> = fc
  .record({ place, due: second, rank: fc.integer({ min: 1, max: 2 }), tieBreak: small, clock: fc.boolean() })
  .map(({ place: { owner, rule, aggregateId }, due, rank, tieBreak, clock }) => ({
    id: derivedId('timer', owner, rule, aggregateId, due),
    ...{ owner, rule, aggregateId, rank, tieBreak, due: at(due) },
    organizationId: 'organization',
    // A customer's clock never changes, so all timers of an aggregate have the same.
    clockId: clock && aggregateId === 'c' ? 'clock' : aggregateId === 'c' ? 'other-clock' : null,
    command: { context: owner, type: 'Act', data: { rule }, target: aggregateId },
    causationId: 'event',
  }))

const timerWrite: fc.Arbitrary<TimerWrite> = fc.oneof(
  timer.map((each) => ({ kind: 'set', timer: each }) as const),
  place.map((each) => ({ kind: 'cancel', ...each }) as const),
)

const timerStep: fc.Arbitrary<Step> = fc.oneof(
  fc.array(timerWrite, few).map((writes): Step => async ({ timers }) => {
    const from = await timers.checkpoint('rules')
    return [await timers.commit('rules', { from, to: from + 1n }, writes), await timers.list({ limit: 100 })]
  }),
  fc.tuple(second, fc.integer({ min: 1, max: 3 })).map(
    ([now, limit]): Step =>
      ({ timers }) =>
        timers.claimDue('x', at(now), at(now + 2), limit),
  ),
  fc.array(timer, few).map(
    (all): Step =>
      ({ timers }) =>
        timers.fired(all.map(({ id }) => id)),
  ),
  fc.array(timer, few).map(
    (all): Step =>
      ({ timers }) =>
        timers.release(all.map(({ id }) => id)),
  ),
  fc.constant<Step>(async ({ timers }) => [await timers.nextDue('x'), await timers.nextDue('y')]),
  second.map(
    (until): Step =>
      ({ timers }) =>
        timers.firstOfClock('clock', at(until)),
  ),
)

const row: fc.Arbitrary<OutboxRow> = fc.tuple(fc.integer({ min: 0, max: 9 }), small).map(([n, process]) => ({
  id: `command-${n}`,
  process,
  target: `target-${n % 3}`,
  context: 'invoicing',
  type: 'Act',
  data: { n },
  metadata: {
    commandId: `command-${n}`,
    organizationId: 'organization',
    actor: { type: 'process', id: process },
    correlationId: `correlation-${n % 2}`,
    causationId: 'event',
    now: at(0),
  },
  refusals: {},
  tries: 0,
}))

const stateRow = fc.record({ key: small, state: fc.jsonValue(), version: fc.integer({ min: 0, max: 2 }) })
const states = fc.uniqueArray(stateRow, { ...few, selector: ({ key }) => key })
const eventIds = fc.array(
  fc.integer({ min: 0, max: 30 }).map((n) => derivedId('event', n)),
  few,
)

const outboxStep: fc.Arbitrary<Step> = fc.oneof(
  fc
    .tuple(small, eventIds, states, fc.array(row, few))
    .map(([process, inbox, changed, commands]): Step => async ({ processes }) => [
      await processes.commit({ process, owner: 'invoicing', inbox, states: changed, commands }),
      await processes.handled(process, inbox),
      sorted(await processes.loadStates(process, ['a', 'b', 'c'])),
    ]),
  fc.tuple(second, fc.integer({ min: 1, max: 4 })).map(
    ([now, limit]): Step =>
      ({ processes }) =>
        processes.pending('invoicing', limit, at(now)),
  ),
  fc
    .tuple(row, second, fc.constantFrom('done', 'ignored', 'alarm', 'retry'))
    .map(([settled, now, kind]): Step => async ({ processes }) => {
      const code = `code-${now % 2}`
      const more = { code, message: 'No.', at: at(now), notBefore: at(now) }
      await processes.settle([{ kind, row: { ...settled, tries: now }, ...more }])
      return [await processes.alarms(5), await processes.ignored(), await processes.pendingOf('correlation-1')]
    }),
  fc.tuple(fc.array(row, few), second).map(([rows, now]): Step => async ({ processes }) => {
    const drop = { by: 'ann', reason: 'done by hand', at: at(now) }
    return [
      await processes.drop(
        rows.map(({ id }) => id),
        drop,
      ),
      await processes.dropped(5),
    ]
  }),
  fc.array(row, few).map(
    (rows): Step =>
      ({ processes }) =>
        processes.sendAgain(rows.map(({ id }) => id)),
  ),
)

const delivery: fc.Arbitrary<Delivery> = fc.tuple(fc.integer({ min: 0, max: 9 }), second).map(([n, created]) => ({
  ...{ id: `delivery-${n}`, organizationId: 'organization', endpointId: `endpoint-${n % 2}`, eventId: `event-${n}` },
  correlationId: `correlation-${n}`,
  ...{ format: 'boxbilling', webhookType: 'invoice.paid', objectType: 'invoice', objectId: `invoice-${n % 3}` },
  ...{ body: `${n}`, status: 'pending', retries: 0, attempts: 0, nextAttemptAt: at(created), lastAttemptAt: null },
  ...{ httpStatus: null, response: null, createdAt: at(created), updatedAt: at(created) },
}))

function tried(before: Delivery, now: number, status: Delivery['status']): [Delivery, DeliveryAttempt] {
  const attempts = before.attempts + 1
  const nextAttemptAt = status === 'pending' ? at(now + 2) : null
  const common = { httpStatus: status === 'succeeded' ? 200 : 500, response: 'answer' }
  const { id: deliveryId, organizationId } = before
  return [
    { ...before, ...common, status, attempts, retries: attempts - 1, nextAttemptAt, updatedAt: at(now) },
    {
      ...{ id: `${deliveryId}/${attempts}/${now}`, deliveryId, organizationId, attemptNumber: attempts },
      ...{ httpStatus: common.httpStatus, responseBody: 'answer', success: status === 'succeeded' },
      ...{ errorMessage: null, durationMs: 1, attemptedAt: at(now) },
    },
  ]
}

const deliveryStep: fc.Arbitrary<Step> = fc.oneof(
  fc.array(delivery, few).map(
    (all): Step =>
      ({ deliveries }) =>
        deliveries.add(all),
  ),
  fc.tuple(second, fc.integer({ min: 1, max: 3 })).map(
    ([now, limit]): Step =>
      ({ deliveries }) =>
        deliveries.take(at(now), at(now + 2), limit),
  ),
  fc
    .tuple(delivery, second, fc.constantFrom<Delivery['status']>('pending', 'succeeded', 'failed'))
    .map(([{ id }, now, status]): Step => async ({ deliveries }) => {
      const before = await deliveries.get('organization', id)
      if (before) await deliveries.record(...tried(before, now, status))
      return [await deliveries.get('organization', id), await deliveries.attempts('organization', id)]
    }),
  second.map(
    (now): Step =>
      ({ deliveries }) =>
        deliveries.cancelOf('organization', 'endpoint-1', at(now)),
  ),
  fc.tuple(delivery, second).map(
    ([{ id }, now]): Step =>
      ({ deliveries }) =>
        deliveries.retry('organization', id, at(now)),
  ),
  fc.constant<Step>(async ({ deliveries }) => [
    await deliveries.nextAt(),
    await deliveries.stats('organization'),
    await deliveries.list('organization', { skip: 1, limit: 3 }),
    await deliveries.failingSince('organization', 'endpoint-0'),
  ]),
)

const item = fc.tuple(fc.integer({ min: 0, max: 9 }), second).map(([n, from]) => ({
  ...{ id: `item-${n}`, queue: n % 2 ? 'odd' : 'even', organizationId: 'organization', correlationId: 'correlation' },
  ...{ payload: n, notBefore: at(from), tries: 0 },
}))

const workStep: fc.Arbitrary<Step> = fc.oneof(
  fc.array(item, few).map(
    (items): Step =>
      ({ workQueue }) =>
        workQueue.add(items),
  ),
  fc.tuple(second, fc.integer({ min: 1, max: 3 })).map(
    ([now, limit]): Step =>
      ({ workQueue }) =>
        workQueue.take('odd', at(now), at(now + 2), limit),
  ),
  fc.array(item, few).map(
    (items): Step =>
      ({ workQueue }) =>
        workQueue.done(items.map(({ id }) => id)),
  ),
  fc.tuple(item, second, fc.option(fc.jsonValue(), { nil: undefined })).map(
    ([{ id }, now, payload]): Step =>
      ({ workQueue }) =>
        workQueue.later(id, at(now), payload),
  ),
  fc.constant<Step>(async ({ workQueue }) => [
    await workQueue.nextAt('odd'),
    await workQueue.count('even'),
    await workQueue.pendingOf('correlation', 'odd'),
  ]),
)

function sorted<Keyed extends { readonly key: string }>(rows: Keyed[]): Keyed[] {
  return rows.sort((a, b) => (a.key < b.key ? -1 : 1))
}
