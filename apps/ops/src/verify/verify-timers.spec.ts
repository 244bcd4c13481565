import { opsInMemory } from '../../test/ops-in-memory'
import {
  closePeriod,
  fire,
  followRules,
  lose,
  PERIOD,
  start,
  terminate,
  type Ops,
} from '../../test/subscription-timers'
import type { CheckResult } from './check'

const timersOf = async (ops: Ops) =>
  (await ops.json<CheckResult[]>('verify')).find(({ check }) => check.includes('timer'))

describe('timers that follow from the events', () => {
  it('are found where they wait or have fired, and not looked for where they were cancelled', async () => {
    const ops = opsInMemory()
    const [fired] = [await start(ops, 'fired'), await start(ops, 'waits')]
    await followRules(ops)
    await closePeriod(ops, fired)
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
    const kept = ops.ports.timers.kept.bind(ops.ports.timers)
    ops.ports.timers.kept = async (ids) => {
      await terminate(ops, subscriptionId)
      await followRules(ops)
      return kept(ids)
    }
    expect(await timersOf(ops)).toMatchObject({ checked: 1, differing: 0 })
  })

  it('are no difference where they have fired and their effect comes a moment later', async () => {
    const ops = opsInMemory()
    const subscriptionId = await start(ops, 'firing')
    await followRules(ops)
    await fire(ops, subscriptionId)
    const { sleep } = ops.ports.sleeper
    ops.ports.sleeper.sleep = async (...given) => {
      ops.ports.sleeper.sleep = sleep
      await terminate(ops, subscriptionId)
      await sleep(...given)
    }
    expect(await timersOf(ops)).toMatchObject({ checked: 1, differing: 0 })
  })

  it('are no difference where an operator has fired them and their command is on its way', async () => {
    const ops = opsInMemory()
    await start(ops, 'fired by hand')
    await followRules(ops)
    expect(await ops.json('timers', 'run-due')).toEqual({ given: 1 })
    expect(await timersOf(ops)).toMatchObject({ checked: 1, differing: 0 })
  })

  it('differ where they have fired and nothing comes of it', async () => {
    const ops = opsInMemory()
    const subscriptionId = await start(ops, 'without effect')
    await followRules(ops)
    await fire(ops, subscriptionId)
    expect(await timersOf(ops)).toMatchObject({
      ...{ checked: 1, differing: 1 },
      differences: [{ found: 'fired, and nothing has come of it' }],
    })
  })

  it.each([
    ['are due at another time', { due: '2099-01-01T00:00:00.000Z' }, 'due 2099-01-01T00:00:00.000Z'],
    ['wait for another clock', { clockId: 'a clock' }, `due ${PERIOD.end} on test clock a clock`],
  ])('differ where they %s', async (_, change, found) => {
    const ops = opsInMemory()
    const subscriptionId = await start(ops, 'changed')
    await followRules(ops)
    const at = await ops.ports.timers.checkpoint('subscriptions')
    const timer = { ...(await lose(ops, subscriptionId)), ...change }
    await ops.ports.timers.commit('subscriptions', { from: at, to: at }, [{ kind: 'set', timer }])
    expect(await timersOf(ops)).toMatchObject({ differing: 1, differences: [{ expected: `due ${PERIOD.end}`, found }] })
  })

  it('differ where they are lost', async () => {
    const ops = opsInMemory()
    const subscriptionId = await start(ops, 'lost')
    await start(ops, 'kept')
    await followRules(ops)
    await lose(ops, subscriptionId)
    expect(await timersOf(ops)).toMatchObject({
      ...{ checked: 2, differing: 1 },
      differences: [{ of: expect.stringContaining(subscriptionId) as string, expected: `due ${PERIOD.end}` }],
    })
    expect((await ops.run('verify')).code).toBe(1)
  })
})
