import { testMetadata } from '@billstream/event-sourcing-core/testing'
import type { NewEvent } from '@billstream/event-sourcing-core'
import { besideOf, ProjectionRebuild, runProjection, type PlatformPorts } from '@billstream/event-sourcing-runtime'
import { timeOrderedId } from '@billstream/kernel'
import { checkView } from '@billstream/persistence-postgres'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { BillableMetric } from '@billstream/usage-contracts'
import { billableMetricProjection, billableMetricView } from '@billstream/usage-read-model'
import { openPostgresPlatform, type PostgresPlatform } from './postgres-platform'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const PATIENCE_MS = 60_000
const APPENDED_AT_ONCE = 500
const METRICS = 40
const { now, ...rest } = testMetadata()
const organizationId = timeOrderedId()
const fields = {
  ...{ code: 'tokens', name: '0', description: null, aggregationType: 'sum' as const, fieldName: 'tokens' },
  ...{ recurring: false, roundingFunction: null, roundingPrecision: null },
}

function stored(event: { type: string; data: unknown }): NewEvent {
  const metadata = { ...rest, organizationId, occurredAt: now }
  return { ...event, id: timeOrderedId(), schemaVersion: 1, metadata }
}

describe('a view that is rebuilt while it is used', () => {
  let test: TestDatabase
  let live: PostgresPlatform
  let operator: PostgresPlatform
  const stop = new AbortController()
  let projector: Promise<void>
  const ids = Array.from({ length: METRICS }, () => timeOrderedId())

  const open = (): Promise<PostgresPlatform> =>
    openPostgresPlatform({ connectionString: test.connectionString, serverSecret: 'secret', poolMax: 4 }, log)
  const level = async (): Promise<void> => {
    const { viewProgress, eventStore } = live.ports
    const head = await eventStore.head()
    expect(await viewProgress.reached([billableMetricProjection.name], head, PATIENCE_MS)).toBe(true)
  }
  const append = async (events: readonly { type: string; data: unknown }[]): Promise<void> => {
    for (let from = 0; from < events.length; from += APPENDED_AT_ONCE) {
      const some = events.slice(from, from + APPENDED_AT_ONCE).map(stored)
      expect((await live.ports.eventStore.append('billable_metric-kit', 'any', some)).ok).toBe(true)
    }
  }
  const begin = (ports: PlatformPorts = operator.ports, signal = new AbortController().signal) =>
    ProjectionRebuild.begin(billableMetricProjection, ports, { anew: false, signal })
  const names = async (): Promise<number[]> => {
    const rows = await live.ports.views.getMany(billableMetricView, organizationId, ids)
    return rows.map(({ name }) => Number(name))
  }

  beforeAll(async () => {
    test = await createTestDatabase()
    live = await open()
    operator = await open()
    projector = runProjection(billableMetricProjection, live.ports, stop.signal)
    await append(ids.map((id) => BillableMetric.Defined({ id, fields })))
    await level()
  })
  afterAll(async () => {
    stop.abort()
    await projector
    await operator.close()
    await live.close()
    await test.drop()
  })

  it('is whole for every reader, loses no event and goes nowhere back, through three replacements', async () => {
    const over = new AbortController()
    let written = 0
    const writing = (async () => {
      for (; !over.signal.aborted; written += 1) {
        await append(ids.map((id) => BillableMetric.Changed({ id, changes: { name: String(written + 1) } })))
      }
    })()
    let reads = 0
    const reading = (async () => {
      let least = 0
      for (; !over.signal.aborted; reads += 1) {
        const seen = await names()
        expect(seen).toHaveLength(METRICS)
        expect(Math.min(...seen)).toBeGreaterThanOrEqual(least)
        least = Math.min(...seen)
      }
    })()
    const generations: unknown[] = []
    for (let round = 0; round < 3; round += 1) {
      const rebuild = await begin()
      expect(await rebuild.compare()).toMatchObject({ rowsDifferent: 0 })
      expect(await rebuild.replace()).toBe(true)
      const text = 'select generation from projections.checkpoints where name = $1'
      generations.push(...(await operator.database.worker.query({ text, values: [billableMetricProjection.name] })))
    }
    over.abort()
    await Promise.all([writing, reading])
    await level()
    expect(generations).toEqual([{ generation: 2 }, { generation: 3 }, { generation: 4 }])
    expect(await names()).toEqual(ids.map(() => written))
    expect(reads).toBeGreaterThan(3)
    expect(await checkView(operator.database.worker, billableMetricView)).toEqual([])
    expect(await (await begin()).compare()).toMatchObject({ rowsChecked: METRICS, rowsDifferent: 0 })
  })

  it('is mended where a row was wrong, also against a projector that folds on at the same time', async () => {
    const [wrong] = ids
    const update = { text: 'update usage.billable_metric set code = $2 where id = $1', values: [wrong ?? '', 'wrong'] }
    await operator.database.worker.execute(update)
    const rebuild = await begin()
    const compared = await rebuild.compare()
    expect(compared?.differences).toEqual([
      { id: wrong, organizationId, column: 'code', live: 'wrong', rebuilt: 'tokens' },
    ])
    const rename = () => append(ids.map((id) => BillableMetric.Changed({ id, changes: { name: '7' } })))
    await Promise.all([rename(), rebuild.replace(), rename(), rename()])
    await level()
    expect(await (await begin()).compare()).toMatchObject({ rowsDifferent: 0 })
  })

  it('whose rebuild was killed goes on where it was', async () => {
    await (await begin()).discard()
    const many = Array.from({ length: 12_000 }, () => BillableMetric.Defined({ id: timeOrderedId(), fields }))
    await append(many)
    await level()
    const killed = await open()
    const { viewWriter } = killed.ports
    let commits = 0
    const dying: PlatformPorts['viewWriter'] = {
      checkpoint: (...given) => viewWriter.checkpoint(...given),
      start: (...given) => viewWriter.start(...given),
      reset: (...given) => viewWriter.reset(...given),
      load: (...given) => viewWriter.load(...given),
      commit: (...given) => ((commits += 1) > 1 ? Promise.reject(new Error('killed')) : viewWriter.commit(...given)),
    }
    await expect((await begin({ ...killed.ports, viewWriter: dying })).build()).rejects.toThrow('killed')
    await killed.close()
    const reached = await operator.ports.viewRebuilds.standing(besideOf(billableMetricProjection))
    expect(reached).toBeGreaterThanOrEqual(5_000n)
    const head = await live.ports.eventStore.head()
    expect(reached).toBeLessThan(head)
    const subscribed: bigint[] = []
    const eventStore: PlatformPorts['eventStore'] = Object.assign(Object.create(operator.ports.eventStore) as object, {
      subscribe: (...[from, options]: Parameters<PlatformPorts['eventStore']['subscribe']>) => {
        subscribed.push(from)
        return operator.ports.eventStore.subscribe(from, options)
      },
    }) as PlatformPorts['eventStore']
    const goingOn = await begin({ ...operator.ports, eventStore })
    expect(await goingOn.compare()).toMatchObject({ rowsChecked: METRICS + many.length, rowsDifferent: 0 })
    expect(subscribed[0]).toBe(reached)
    expect(await goingOn.replace()).toBe(true)
    expect(await checkView(operator.database.worker, billableMetricView)).toEqual([])
  })
})
