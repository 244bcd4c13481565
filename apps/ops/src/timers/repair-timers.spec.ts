import type { Timer } from '@billstream/event-sourcing-runtime'
import { opsInMemory } from '../../test/ops-in-memory'
import { closePeriod, fire, followRules, lose, start, terminate, type Ops } from '../../test/subscription-timers'

async function given() {
  const ops = opsInMemory()
  const subscriptionId = await start(ops, 'lost')
  await start(ops, 'kept')
  await followRules(ops)
  return { ops, subscriptionId, before: await open(ops) }
}

const open = (ops: Ops): Promise<Timer[]> => ops.ports.timers.list({ limit: 10 })

describe('a lost timer', () => {
  it('is set again as it was, and a repeat finds none', async () => {
    const { ops, subscriptionId, before } = await given()
    const lost = await lose(ops, subscriptionId)
    expect(await ops.json('timers', 'repair')).toEqual([lost])
    expect(await open(ops)).toEqual(before)
    expect((await ops.run('timers', 'repair')).err).toContain('Every timer waits')
  })

  it('is only named in a dry run', async () => {
    const { ops, subscriptionId, before } = await given()
    const lost = await lose(ops, subscriptionId)
    const { code, out, err } = await ops.run('timers', 'repair', '--dry-run')
    expect([code, out, err]).toEqual([0, expect.stringContaining(lost.due), 'Nothing was changed.\n'])
    expect(await open(ops)).toHaveLength(before.length - 1)
  })

  it('is not set again where the rules meanwhile go on to what cancels it', async () => {
    const { ops, subscriptionId } = await given()
    await lose(ops, subscriptionId)
    const commit = ops.ports.timers.commit.bind(ops.ports.timers)
    ops.ports.timers.commit = async (...move) => {
      ops.ports.timers.commit = commit
      await terminate(ops, subscriptionId)
      await followRules(ops)
      return commit(...move)
    }
    expect(await ops.json('timers', 'repair')).toEqual([])
    expect((await open(ops)).filter(({ aggregateId }) => aggregateId === subscriptionId)).toEqual([])
  })
})

describe('a timer of which nothing has come though it has fired', () => {
  it('is set again as it was', async () => {
    const { ops, subscriptionId, before } = await given()
    const fired = await fire(ops, subscriptionId)
    expect(await ops.json('timers', 'repair')).toEqual([fired])
    expect(await open(ops)).toEqual(before)
  })
})

describe('a timer that waits for another time than the events ask for', () => {
  it('is set to it', async () => {
    const { ops, subscriptionId, before } = await given()
    const at = await ops.ports.timers.checkpoint('subscriptions')
    const timer = { ...(await lose(ops, subscriptionId)), due: '2099-01-01T00:00:00.000Z' }
    await ops.ports.timers.commit('subscriptions', { from: at, to: at }, [{ kind: 'set', timer }])
    expect(await ops.json('timers', 'repair')).toHaveLength(1)
    expect(await open(ops)).toEqual(before)
  })
})

describe('a timer that has fired or was cancelled', () => {
  it('is not set again', async () => {
    const { ops, subscriptionId } = await given()
    await closePeriod(ops, subscriptionId)
    await terminate(ops, await start(ops, 'ended'))
    await followRules(ops)
    expect(await ops.json('timers', 'repair')).toEqual([])
  })
})
