import { timerWrites } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { SubscriptionStarted, SubscriptionTerminated } from '@billstream/subscriptions-contracts'
import { subscriptionTimers } from '@billstream/subscriptions-domain'
import { opsInMemory } from '../../test/ops-in-memory'
import type { CheckResult } from './check'

const PERIOD = { start: '2026-05-01T00:00:00.000Z', end: '2026-06-01T00:00:00.000Z' }

type Ops = ReturnType<typeof opsInMemory>

async function start(ops: Ops, name: string): Promise<string> {
  const subscriptionId = derivedId('subscription', name)
  const started = SubscriptionStarted({ subscriptionId, period: PERIOD } as never)
  await ops.record([started], { stream: `subscription-${subscriptionId}`, commandId: derivedId('start', name) })
  return subscriptionId
}

async function terminate(ops: Ops, subscriptionId: string): Promise<void> {
  const terminated = SubscriptionTerminated({ subscriptionId } as never)
  await ops.record([terminated], {
    stream: `subscription-${subscriptionId}`,
    commandId: derivedId('end', subscriptionId),
  })
}

/** The rules of subscriptions go on to the end of the store. */
async function followRules({ ports: { timers, eventStore } }: Ops): Promise<void> {
  const [from, to] = [await timers.checkpoint('subscriptions'), await eventStore.head()]
  for await (const { events, reached } of eventStore.subscribe(from, {
    filter: { types: Object.keys(subscriptionTimers.on) },
  })) {
    const writes = events.flatMap((event) => timerWrites(subscriptionTimers, event))
    await timers.commit('subscriptions', { from: await timers.checkpoint('subscriptions'), to: reached }, writes)
    if (reached >= to) return
  }
}

const timersOf = async (ops: Ops) =>
  (await ops.json<CheckResult[]>('verify')).find(({ check }) => check.includes('timer'))

describe('timers that follow from the events', () => {
  it('are found where they wait or have fired, and not looked for where they were cancelled', async () => {
    const ops = opsInMemory()
    const [fired] = [await start(ops, 'fired'), await start(ops, 'waits')]
    await followRules(ops)
    const open = await ops.ports.timers.list({ aggregateId: fired, limit: 1 })
    await ops.ports.timers.fired(open.map(({ id }) => id))
    await terminate(ops, await start(ops, 'ended'))
    await followRules(ops)
    expect(await timersOf(ops)).toMatchObject({ checked: 2, differing: 0 })
  })

  it('are no difference while the rules are still on their way to them', async () => {
    const ops = opsInMemory()
    await start(ops, 'new')
    expect(await timersOf(ops)).toMatchObject({ checked: 0, differing: 0 })
  })

  it('are no difference where the rules take them away meanwhile', async () => {
    const ops = opsInMemory()
    const subscriptionId = await start(ops, 'ending')
    await followRules(ops)
    const known = ops.ports.timers.known.bind(ops.ports.timers)
    ops.ports.timers.known = async (ids) => {
      await terminate(ops, subscriptionId)
      await followRules(ops)
      return known(ids)
    }
    expect(await timersOf(ops)).toMatchObject({ checked: 1, differing: 0 })
  })

  it('differ where they are lost', async () => {
    const ops = opsInMemory()
    const subscriptionId = await start(ops, 'lost')
    await start(ops, 'kept')
    await followRules(ops)
    const known = ops.ports.timers.known.bind(ops.ports.timers)
    const [lost] = await ops.ports.timers.list({ aggregateId: subscriptionId, limit: 1 })
    ops.ports.timers.known = async (ids) => known(ids.filter((id) => id !== lost?.id))
    expect(await timersOf(ops)).toMatchObject({
      ...{ checked: 2, differing: 1 },
      differences: [{ of: expect.stringContaining(subscriptionId) as string, expected: `due ${PERIOD.end}` }],
    })
    expect((await ops.run('verify')).code).toBe(1)
  })
})
