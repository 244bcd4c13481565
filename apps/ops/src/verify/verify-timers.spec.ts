import { opsInMemory } from '../../test/ops-in-memory'
import { followRules, lose, PERIOD, start, terminate, type Ops } from '../../test/subscription-timers'
import type { CheckResult } from './check'

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
    await lose(ops, subscriptionId)
    expect(await timersOf(ops)).toMatchObject({
      ...{ checked: 2, differing: 1 },
      differences: [{ of: expect.stringContaining(subscriptionId) as string, expected: `due ${PERIOD.end}` }],
    })
    expect((await ops.run('verify')).code).toBe(1)
  })
})
