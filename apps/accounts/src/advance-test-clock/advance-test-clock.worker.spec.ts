import { accountsEvents, AdvanceTestClock, CreateTestClock } from '@billstream/accounts-contracts'
import { testClockDecider } from '@billstream/accounts-domain'
import { testClockProjection } from '@billstream/accounts-read-model'
import { EventRegistry, type Command, type CommandReply, type RecordedEvent } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  aggregate,
  CommandHandling,
  MemoryEventStore,
  MemoryLeases,
  MemoryProjectionControls,
  MemoryPersonKeys,
  MemorySnapshots,
  MemoryBells,
  MemoryBillingHalts,
  MemoryTimers,
  MemoryViews,
  MemoryWorkQueue,
  runProjection,
  runtimeEvents,
  timerCorrelation,
  type Timer,
} from '@billstream/event-sourcing-runtime'
import { derivedId, ok } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import { systemSleeper } from '@billstream/platform'
import { fixedClock } from '@billstream/testing'
import { advanceTestClocks } from './advance-test-clock.worker'

const { organizationId } = testMetadata()
const testClockId = derivedId('clock')
const stream = `test-clock-${testClockId}`
const start = '2026-06-01T00:00:00.000Z'
const tenth = '2026-06-10T00:00:00.000Z'
const twentieth = '2026-06-20T00:00:00.000Z'
const end = '2026-07-01T00:00:00.000Z'
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** What happened outside the clock's stream, in order. */
type Outside = { fired: string; now: string; due: string | undefined } | { settled: string }

function timer(name: string, due: string, rank = 20): Timer {
  return {
    id: derivedId('timer', name),
    owner: 'subscriptions',
    rule: name,
    aggregateId: derivedId(name),
    organizationId,
    clockId: testClockId,
    due,
    rank,
    tieBreak: name,
    command: { context: 'subscriptions', type: name, data: {}, target: `subscription-${name}` },
    causationId: derivedId('cause', name),
  }
}

let stops: AbortController[] = []
afterEach(() => {
  for (const stop of stops) stop.abort()
  stops = []
})

/** The clock's own service in memory; what timers fire is only noted. */
async function given(...timers: readonly Timer[]) {
  const clock = fixedClock(start)
  const eventStore = new MemoryEventStore(clock)
  const views = new MemoryViews(systemSleeper)
  const memoryTimers = new MemoryTimers()
  await memoryTimers.commit(
    'spec',
    { from: 0n, to: 1n },
    timers.map((each) => ({ kind: 'set', timer: each })),
  )
  const shared = { eventStore, clock, log, sleeper: systemSleeper, views, viewsAnywhere: views, viewProgress: views }
  const stop = new AbortController()
  stops.push(stop)
  const projectionControls = new MemoryProjectionControls()
  const projecting = { ...shared, projectionControls, viewWriter: views, leases: new MemoryLeases() }
  void runProjection(testClockProjection, projecting, stop.signal)
  const handling = new CommandHandling(
    {
      ...shared,
      events: new EventRegistry([...runtimeEvents, ...accountsEvents]),
      snapshots: new MemorySnapshots(),
      personKeys: new MemoryPersonKeys(),
    },
    [aggregate(testClockDecider, { CreateTestClock: () => Promise.resolve(ok({ testOrganization: true })) })],
  )
  const handle = async (command: Command): Promise<CommandReply> => {
    const reply = await handling.handle(command)
    await views.reached([testClockProjection.name], reply.position, 10_000)
    return reply
  }
  const outside: Outside[] = []
  let crashAt: string | undefined
  let crashSettling = false
  const bus: MessageBus = {
    send: (_definition, command) => handle(command),
    dispatch: (_route, { type, metadata }) => {
      if (type === crashAt) return Promise.reject(new Error('crashed'))
      outside.push({ fired: type, now: metadata.now, due: metadata.due })
      return Promise.resolve({ ok: true, value: { id: derivedId(type), events: [] }, position: 0n })
    },
    ask: () => Promise.reject(new Error('Nothing is asked.')),
    ingest: () => Promise.reject(new Error('Nothing is ingested.')),
    usageShards: 1,
  }
  const billingHalts = new MemoryBillingHalts()
  const quiescence = {
    caughtUp: () => Promise.resolve(true),
    settled: async (correlationId: string) => {
      if (crashSettling) return Promise.reject(new Error('crashed'))
      const halts = await billingHalts.all()
      if (halts.length > 0) {
        outside.push({ settled: 'not while halted' })
        // The operator resumes billing while the step is waited for.
        for (const { organizationId } of halts) await billingHalts.resume(organizationId)
        return false
      }
      const settled = timers.find((each) => timerCorrelation(each) === correlationId)
      outside.push({ settled: settled?.rule ?? correlationId })
      return true
    },
  }
  const workQueue = new MemoryWorkQueue()
  const advances = advanceTestClocks({
    ...shared,
    timers: memoryTimers,
    bells: new MemoryBells(),
    billingHalts,
    workQueue,
    bus,
    quiescence,
  })
  await handle(CreateTestClock({ testClockId, name: 'story', frozenTime: start }, testMetadata()))
  return {
    ...advances,
    outside,
    stop,
    halt: (organizationId: string) =>
      billingHalts.halt({ organizationId, reason: 'a wrong price', by: 'tester', at: start }),
    advanceTo: (targetTime: string) =>
      handle(
        AdvanceTestClock({ testClockId, targetTime }, testMetadata({ commandId: derivedId('advance', targetTime) })),
      ),
    crashWhenFiring: (type: string | undefined) => {
      crashAt = type
    },
    crashWhenSettling: (crashes: boolean) => {
      crashSettling = crashes
    },
    row: () => views.getAnywhere(testClockProjection.view, testClockId),
    steps: async () => {
      const events: RecordedEvent[] = []
      for await (const event of eventStore.read(stream, { fromRevision: 1 })) events.push(event)
      return events.map(({ type, data }) => [type, (data as { frozenTime?: string }).frozenTime])
    },
    left: async () => (await memoryTimers.list({ limit: 10 })).map(({ rule }) => rule),
  }
}

describe('a test clock that advances', () => {
  it('goes from timer to timer, and lets each settle before the next', async () => {
    const { worker, stop, advanceTo, outside, steps, row } = await given(timer('late', twentieth), timer('soon', tenth))
    await advanceTo(end)
    await worker.run(stop.signal)
    expect(outside).toEqual([
      { fired: 'soon', now: tenth, due: tenth },
      { settled: 'soon' },
      { fired: 'late', now: twentieth, due: twentieth },
      { settled: 'late' },
    ])
    expect(await steps()).toEqual([
      ['TestClockAdvanceStarted', undefined],
      ['TestClockStepped', tenth],
      ['TestClockStepped', twentieth],
      ['TestClockAdvanced', end],
    ])
    expect(await row()).toMatchObject({ status: 'ready', frozen_time: end, target_time: null })
  })

  it('fires what is due at one instant by rank, standing still between', async () => {
    const { worker, stop, advanceTo, outside, steps } = await given(timer('b', tenth, 30), timer('a', tenth, 10))
    await advanceTo(tenth)
    await worker.run(stop.signal)
    expect(outside.filter((each) => 'fired' in each)).toMatchObject([{ fired: 'a' }, { fired: 'b' }])
    expect((await steps()).map(([type]) => type)).toEqual([
      'TestClockAdvanceStarted',
      'TestClockStepped',
      'TestClockAdvanced',
    ])
  })

  it('runs a late timer at its present time, with the due time of the timer', async () => {
    const past = '2026-05-01T00:00:00.000Z'
    const { worker, stop, advanceTo, outside } = await given(timer('overdue', past))
    await advanceTo(tenth)
    await worker.run(stop.signal)
    expect(outside[0]).toEqual({ fired: 'overdue', now: start, due: past })
  })

  it('leaves what is due later, and what follows another clock', async () => {
    const { worker, stop, advanceTo, outside, left } = await given(timer('later', end), {
      ...timer('other', tenth),
      clockId: derivedId('other clock'),
    })
    await advanceTo(twentieth)
    await worker.run(stop.signal)
    expect(outside).toEqual([])
    expect(await left()).toEqual(['other', 'later'])
  })

  it('goes on after a crash where it stood', async () => {
    const { worker, stop, advanceTo, crashWhenFiring, outside, steps } = await given(
      timer('first', tenth),
      timer('second', twentieth),
    )
    await advanceTo(end)
    crashWhenFiring('second')
    await expect(worker.run(stop.signal)).rejects.toThrow('crashed')
    crashWhenFiring(undefined)
    await worker.run(stop.signal)
    expect(outside.filter((each) => 'fired' in each)).toMatchObject([{ fired: 'first' }, { fired: 'second' }])
    expect(await steps()).toEqual([
      ['TestClockAdvanceStarted', undefined],
      ['TestClockStepped', tenth],
      ['TestClockStepped', twentieth],
      ['TestClockAdvanced', end],
    ])
  })
})

describe('a test clock whose process ended while a step settled', () => {
  it('waits for that step before it goes on, and fires it once', async () => {
    const { worker, stop, advanceTo, crashWhenSettling, outside } = await given(timer('only', tenth))
    await advanceTo(end)
    crashWhenSettling(true)
    await expect(worker.run(stop.signal)).rejects.toThrow('crashed')
    crashWhenSettling(false)
    await worker.run(stop.signal)
    expect(outside).toMatchObject([{ fired: 'only' }, { settled: 'only' }])
  })
})

describe('a test clock of an organization whose billing is halted', () => {
  it('waits for its step again after billing was resumed, however long that took', async () => {
    const { worker, stop, advanceTo, halt, outside } = await given(timer('only', tenth))
    await advanceTo(end)
    await halt(testMetadata().organizationId)
    await worker.run(stop.signal)
    expect(outside).toMatchObject([{ fired: 'only' }, { settled: 'not while halted' }, { settled: 'only' }])
  })
})

describe('a test clock that is ready', () => {
  it('fires nothing', async () => {
    const { worker, stop, outside, left } = await given(timer('waiting', start))
    const looking = worker.run(stop.signal)
    stop.abort()
    await looking
    expect(outside).toEqual([])
    expect(await left()).toEqual(['waiting'])
  })
})

describe('two test clocks that advance', () => {
  it('end together when one fails, so that neither runs on beside the next run', async () => {
    const ended: string[] = []
    const clocks = ['broken', 'other'].map((name) => ({ id: name, target_time: end, frozen_time: start }))
    const caughtUp = (signal: AbortSignal): Promise<boolean> => {
      if (ended.push('looked') === 1) return Promise.reject(new Error('crashed'))
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => setImmediate(() => resolve(ended.push('ended') === 0)))
      })
    }
    const { worker } = advanceTestClocks({
      viewsAnywhere: { findAnywhere: () => Promise.resolve(clocks) },
      workQueue: { pendingOf: () => Promise.resolve([]) },
      quiescence: { caughtUp },
      bells: new MemoryBells(),
    } as unknown as Parameters<typeof advanceTestClocks>[0])
    await expect(worker.run(new AbortController().signal)).rejects.toThrow('crashed')
    expect(ended).toEqual(['looked', 'looked', 'ended'])
  })
})
