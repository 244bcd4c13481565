import { col, defineProjection, defineView, type RecordedEvent } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { fixedClock } from '@billstream/testing'
import { MemoryEventStore } from '../memory/event-store.memory'
import { MemoryLeases } from '../memory/leases.memory'
import { MemoryProjectionControls } from '../memory/projection-controls.memory'
import { MemoryViews } from '../memory/views.memory'
import { runProjection } from './projection-runner'

const view = defineView('kit', 'visits', { visits: col.integer, last: col.text })
const { now, organizationId, ...rest } = testMetadata()
const visits = (version: number, weight: number) =>
  defineProjection({
    name: 'kit.visits',
    view,
    version,
    on: {
      Visited: (event: RecordedEvent) => {
        const { guest, at } = event.data as { guest: string; at: string }
        return [
          {
            id: guest,
            fold: (row) => ({
              id: guest,
              organization_id: organizationId,
              visits: (row?.visits ?? 0) + weight,
              last: at,
            }),
          },
        ]
      },
      Left: (event: RecordedEvent) => [{ id: (event.data as { guest: string }).guest, row: null }],
    },
  })

let written = 0
function make() {
  const eventStore = new MemoryEventStore(fixedClock())
  const sleeper = {
    sleep: (ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.min(ms, 2_000))
        signal?.addEventListener('abort', () => (clearTimeout(timer), resolve()))
      }),
  }
  const projectionControls = new MemoryProjectionControls()
  const views = new MemoryViews(sleeper, projectionControls)
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const runner = { leases: new MemoryLeases(), clock: fixedClock(), log, sleeper }
  const ports = { eventStore, viewWriter: views, projectionControls, ...runner }
  return {
    ports,
    views,
    async record(type: string, data: object) {
      const event = {
        type,
        data,
        id: derivedId('kit', (written += 1)),
        schemaVersion: 1,
        metadata: { ...rest, organizationId, occurredAt: now },
      }
      await eventStore.append('kit-1', 'any', [event])
    },
    /** Runs until the view shows so many visits of the guest (none: no row). */
    async follow(projection: ReturnType<typeof visits>, wanted: number | undefined) {
      const stop = new AbortController()
      const running = runProjection(projection, ports, stop.signal)
      await views.reached([projection.name], await eventStore.head(), 5_000)
      for (let turn = 0; turn < 1_000; turn += 1) {
        if ((await views.get(view, organizationId, 'ann'))?.visits === wanted) break
        await new Promise((resolve) => setImmediate(resolve))
      }
      stop.abort()
      await running
      expect((await views.get(view, organizationId, 'ann'))?.visits).toBe(wanted)
    },
    row: (guest: string) => views.get(view, organizationId, guest),
  }
}

describe('a projection', () => {
  it('folds what is stored, then what comes, each event once', async () => {
    const platform = make()
    await platform.record('Visited', { guest: 'ann', at: 'door' })
    await platform.record('Visited', { guest: 'ann', at: 'window' })
    await platform.follow(visits(1, 1), 2)
    await platform.record('Visited', { guest: 'ann', at: 'roof' })
    await platform.follow(visits(1, 1), 3)
    expect(await platform.row('ann')).toMatchObject({ last: 'roof' })
  })

  it('loads a row once, and one that is replaced or removed not at all', async () => {
    const platform = make()
    const load = jest.spyOn(platform.views, 'load')
    await platform.record('Left', { guest: 'bob' })
    await platform.record('Visited', { guest: 'ann', at: 'door' })
    const stop = new AbortController()
    const running = runProjection(visits(1, 1), platform.ports, stop.signal)
    await platform.views.reached(['kit.visits'], await platform.ports.eventStore.head(), 5_000)
    for (const at of ['window', 'roof']) {
      await platform.record('Visited', { guest: 'ann', at })
      await platform.views.reached(['kit.visits'], await platform.ports.eventStore.head(), 5_000)
    }
    stop.abort()
    await running
    expect(load.mock.calls.map(([, ids]) => ids)).toEqual([['ann']])
    expect(await platform.row('ann')).toMatchObject({ visits: 3, last: 'roof' })
  })

  it('removes a row, and makes it anew afterwards', async () => {
    const platform = make()
    await platform.record('Visited', { guest: 'ann', at: 'door' })
    await platform.record('Left', { guest: 'ann' })
    await platform.follow(visits(1, 1), undefined)
    await platform.record('Visited', { guest: 'ann', at: 'door' })
    await platform.follow(visits(1, 1), 1)
  })

  it('of a new version is rebuilt from the first event', async () => {
    const platform = make()
    await platform.record('Visited', { guest: 'ann', at: 'door' })
    await platform.follow(visits(1, 1), 1)
    await platform.follow(visits(2, 10), 10)
  })

  it('that is paused stands still, and goes on from there when it may', async () => {
    const platform = make()
    const { projectionControls } = platform.ports
    await platform.record('Visited', { guest: 'ann', at: 'door' })
    await platform.follow(visits(1, 1), 1)
    const stop = new AbortController()
    const running = runProjection(visits(1, 1), platform.ports, stop.signal)
    await projectionControls.pause({ projection: 'kit.visits', by: 'bob', reason: 'a look', at: now })
    await platform.record('Visited', { guest: 'ann', at: 'window' })
    const head = await platform.ports.eventStore.head()
    expect(await platform.views.reached(['kit.visits'], head, 100)).toBe(false)
    expect(await platform.row('ann')).toMatchObject({ visits: 1 })
    await projectionControls.resume('kit.visits')
    expect(await platform.views.reached(['kit.visits'], head, 5_000)).toBe(true)
    expect(await platform.row('ann')).toMatchObject({ visits: 2 })
    stop.abort()
    await running
  })

  it('that fails keeps the reason for operators', async () => {
    const platform = make()
    await platform.record('Visited', { guest: 'ann', at: 'door' })
    const broken = {
      ...visits(1, 1),
      on: {
        Visited: () => [
          {
            id: 'ann',
            fold: () => {
              throw new Error('no such room')
            },
          },
        ],
      },
    }
    const stop = new AbortController()
    const running = runProjection(broken, platform.ports, stop.signal)
    for (let turn = 0; turn < 1_000 && (await platform.ports.projectionControls.failures()).length === 0; turn += 1)
      await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await running
    expect(await platform.ports.projectionControls.failures()).toMatchObject([
      { projection: 'kit.visits', error: 'kit.visits cannot fold position 1 (Visited of kit-1): no such room' },
    ])
  })

  it('run by two at once folds each event once', async () => {
    const platform = make()
    for (let visit = 0; visit < 50; visit += 1) await platform.record('Visited', { guest: 'ann', at: `${visit}` })
    const apart = { ...platform.ports, leases: new MemoryLeases() }
    const stop = new AbortController()
    const both = [
      runProjection(visits(1, 1), platform.ports, stop.signal),
      runProjection(visits(1, 1), apart, stop.signal),
    ]
    await platform.views.reached(['kit.visits'], await platform.ports.eventStore.head(), 5_000)
    stop.abort()
    await Promise.all(both)
    expect(await platform.row('ann')).toMatchObject({ visits: 50 })
  })
})
