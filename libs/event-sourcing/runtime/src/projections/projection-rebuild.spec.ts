import fc from 'fast-check'
import { col, defineProjection, defineView, type RecordedEvent } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { fixedClock } from '@billstream/testing'
import { MemoryEventStore } from '../memory/event-store.memory'
import { MemoryLeases } from '../memory/leases.memory'
import { MemoryProjectionControls } from '../memory/projection-controls.memory'
import { MemoryViews } from '../memory/views.memory'
import { besideOf, ProjectionRebuild, RebuildImpossible } from './projection-rebuild'
import { runProjection } from './projection-runner'
import { RowMemory } from './row-memory'

const PATIENCE_MS = 60_000
const { now, organizationId, ...rest } = testMetadata()
const view = defineView('kit', 'guests', { visits: col.integer, last: col.text })
const guestOf = (event: RecordedEvent) => (event.data as { guest: string }).guest
const guests = defineProjection({
  name: 'kit.guests',
  view,
  version: 1,
  on: {
    Visited: (event: RecordedEvent) => [
      {
        id: guestOf(event),
        fold: (row) => ({
          id: guestOf(event),
          organization_id: organizationId,
          visits: (row?.visits ?? 0) + 1,
          last: `${row?.last ?? ''}${event.position} `.slice(-20),
        }),
      },
    ],
    Left: (event: RecordedEvent) => [{ id: guestOf(event), fold: () => null }],
    // Changes nothing where there is nothing.
    Renamed: (event: RecordedEvent) => [{ id: guestOf(event), fold: (row) => row && { ...row, last: 'renamed' } }],
  },
})

type Step = readonly ['Visited' | 'Left' | 'Renamed' | 'Unrelated', string]
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('Visited', 'Left', 'Renamed', 'Unrelated'),
  fc.constantFrom('ann', 'bob', 'cid', 'dee'),
)

let written = 0
function make() {
  const sleeper = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }
  const clock = fixedClock()
  const eventStore = new MemoryEventStore(clock)
  const views = new MemoryViews({
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms)
        signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()))
      }),
  })
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const projectionControls = new MemoryProjectionControls()
  const ports = {
    ...{ eventStore, viewWriter: views, viewRebuilds: views, leases: new MemoryLeases(), log, sleeper },
    ...{ clock, projectionControls },
  }
  const stop = new AbortController()
  let running: Promise<void> | undefined
  return {
    ports,
    views,
    begin: (signal = new AbortController().signal, anew = false) =>
      ProjectionRebuild.begin(guests, ports, { anew, signal }),
    live: () => (running = runProjection(guests, ports, stop.signal)),
    async level() {
      expect(await views.reached([guests.name], await eventStore.head(), PATIENCE_MS)).toBe(true)
    },
    async record(steps: readonly Step[]) {
      for (const [type, guest] of steps) {
        const id = derivedId('rebuild', (written += 1))
        const event = {
          type,
          data: { guest },
          id,
          schemaVersion: 1,
          metadata: { ...rest, organizationId, occurredAt: now },
        }
        await eventStore.append('kit-1', 'any', [event])
      }
    },
    /** A row that no event has made. */
    async corrupt(id: string) {
      const from = (await views.checkpoint(guests)) ?? 0n
      const row = { id, organization_id: organizationId, visits: -1, last: 'corrupt' }
      expect(await views.commit(guests, { from, to: from }, { view, upserts: [row], removals: [] })).toBe(true)
    },
    rows: () => views.findAnywhere(view, { limit: 100 }),
    async end() {
      stop.abort()
      await running
    },
  }
}

describe('a rebuilt view', () => {
  it('is the live one, whatever has happened, also when it is broken off, goes on, and events come meanwhile', async () => {
    const history = fc.array(step, { maxLength: 30 })
    await fc.assert(
      fc.asyncProperty(history, history, history, async (first, second, third) => {
        const platform = make()
        void platform.live()
        await platform.record(first)
        await platform.level()
        expect(await (await platform.begin()).build()).toBe(true)
        await platform.record(second)
        const goingOn = await platform.begin()
        const [compared] = await Promise.all([goingOn.compare(), platform.record(third)])
        expect(compared).toMatchObject({ rowsDifferent: 0, differences: [] })
        await platform.level()
        const live = await platform.rows()
        expect(await goingOn.replace()).toBe(true)
        expect(await platform.rows()).toEqual(live)
        await platform.record(first)
        await platform.level()
        expect(await (await platform.begin()).compare()).toMatchObject({ rowsDifferent: 0 })
        await platform.end()
      }),
      { numRuns: 40 },
    )
  })

  it('shows what the live one has wrong, and mends it', async () => {
    const platform = make()
    await platform.record([
      ['Visited', 'ann'],
      ['Visited', 'bob'],
      ['Visited', 'cid'],
    ])
    void platform.live()
    await platform.level()
    await platform.end()
    const mended = await platform.rows()
    await platform.corrupt('bob')
    await platform.corrupt('nobody')
    const rebuild = await platform.begin()
    const compared = await rebuild.compare()
    expect(compared).toMatchObject({ rowsChecked: 4, rowsDifferent: 2 })
    expect(compared?.differences).toEqual([
      { id: 'bob', organizationId, column: 'visits', live: -1, rebuilt: 1 },
      { id: 'bob', organizationId, column: 'last', live: 'corrupt', rebuilt: '2 ' },
      {
        id: 'nobody',
        organizationId,
        column: null,
        live: expect.objectContaining({ visits: -1 }) as object,
        rebuilt: null,
      },
    ])
    expect(await rebuild.replace()).toBe(true)
    expect(await platform.rows()).toEqual(mended)
  })

  it('that is broken off changes nothing that is read; anew, it begins at the first event', async () => {
    const platform = make()
    await platform.record([
      ['Visited', 'ann'],
      ['Visited', 'ann'],
    ])
    void platform.live()
    await platform.level()
    const stopped = AbortSignal.abort()
    const rebuild = await platform.begin(stopped)
    expect(await rebuild.build()).toBe(false)
    expect(await rebuild.compare()).toBeUndefined()
    expect(await rebuild.replace()).toBe(false)
    expect(await (await platform.begin()).build()).toBe(true)
    expect(await platform.views.standing(besideOf(guests))).toBe(2n)
    await platform.begin(stopped, true)
    expect(await platform.views.standing(besideOf(guests))).toBe(0n)
    await rebuild.discard()
    expect(await platform.views.standing(besideOf(guests))).toBeUndefined()
    await platform.end()
  })

  it('is built by one at a time', async () => {
    const platform = make()
    await platform.record([['Visited', 'ann']])
    void platform.live()
    await platform.level()
    const first = await platform.begin()
    const second = await platform.begin()
    expect(await second.build()).toBe(true)
    await expect(first.build()).rejects.toThrow('somebody else')
    await platform.end()
  })

  it('needs a projection that has run', async () => {
    await expect(make().begin()).rejects.toBeInstanceOf(RebuildImpossible)
  })
})

describe('the memory of a projection', () => {
  it('forgets rows beyond its bound, and loads them again', async () => {
    const platform = make()
    const beside = besideOf(guests)
    await platform.views.reset(beside, beside.view)
    const memory = new RowMemory(beside, platform.views, true, 1)
    const visited = (guest: string, position: bigint) =>
      ({ type: 'Visited', data: { guest }, position }) as unknown as RecordedEvent
    let position = 0n
    for (const guest of ['ann', 'bob', 'ann', 'cid', 'ann']) {
      await memory.fold([visited(guest, position + 1n)])
      const move = { from: position, to: position + 1n }
      expect(await platform.views.commit(beside, move, memory.writes())).toBe(true)
      memory.written()
      position += 1n
    }
    expect(await platform.views.load(beside.view, ['ann'])).toMatchObject([{ visits: 3, last: '1 3 5 ' }])
  })
})
