import { derivedId } from '@billstream/kernel'
import { opsInMemory } from '../../test/ops-in-memory'
import type { CheckResult } from './check'

const POSITIONS = 'positions have no hole'
const END = 'no view is beyond the end'
const STREAMS = 'the revisions of each stream'

/** Two streams with two events each. */
async function stored() {
  const ops = opsInMemory()
  for (const stream of ['x-1', 'x-2']) {
    const facts = ['Opened', 'Closed'].map((type) => ({ type, data: {} }))
    await ops.record(facts, { stream, commandId: derivedId('verify store', stream) })
  }
  await ops.project()
  const check = async (part: string) =>
    (await ops.json<CheckResult[]>('verify')).find((each) => each.check.includes(part))
  return { ops, check }
}

/** As if the store had lost the event at the position. */
function lose({ ports: { eventStore } }: ReturnType<typeof opsInMemory>, lost: bigint): void {
  const subscribe = eventStore.subscribe.bind(eventStore)
  eventStore.subscribe = async function* (...asked) {
    for await (const { events, reached } of subscribe(...asked)) {
      yield { events: events.filter(({ position }) => position !== lost), reached }
    }
  }
}

describe('a store that has every event', () => {
  it('is found complete, stream by stream; positions that may have holes are not looked at', async () => {
    const { ops, check } = await stored()
    expect(await check(STREAMS)).toMatchObject({ checked: 2, differing: 0 })
    expect(await check(POSITIONS)).toBeUndefined()
    const views = (await ops.ports.viewProgress.positions()).size
    expect(views).toBeGreaterThan(0)
    expect(await check(END)).toMatchObject({ checked: views, differing: 0 })
    expect((await ops.run('verify')).code).toBe(0)
  })
})

describe('a store that has lost events', () => {
  it('is told by the stream that has a hole', async () => {
    const { ops, check } = await stored()
    lose(ops, 3n)
    expect(await check(STREAMS)).toMatchObject({ checked: 2, differing: 1, differences: [{ of: 'x-2' }] })
    expect((await ops.run('verify')).code).toBe(1)
  })

  it('is told by the positions, where the store promises them without holes', async () => {
    const { ops, check } = await stored()
    const positions = { events: 4, head: 9n, holes: [{ from: 2n, to: 4n }] }
    const none = { streams: 2, brokenStreams: 0, broken: [] }
    ops.ports.eventIndex.completeness = () => Promise.resolve({ positions, ...none })
    expect(await check(POSITIONS)).toMatchObject({
      ...{ checked: 9, differing: 5, differences: [{ of: 'positions 2 to 4', expected: 3, found: 0 }] },
    })
  })

  it('is told by a view that has been beyond its end', async () => {
    const { ops, check } = await stored()
    ops.ports.viewProgress.positions = () => Promise.resolve(new Map([['accounts.customer', 5n]]))
    expect(await check(END)).toMatchObject({
      ...{ checked: 1, differing: 1, differences: [{ of: 'the end of the store, where accounts.customer has been' }] },
    })
  })
})
