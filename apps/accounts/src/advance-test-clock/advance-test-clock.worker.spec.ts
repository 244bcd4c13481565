import { accountsEvents, AdvanceTestClock, CreateTestClock } from '@billstream/accounts-contracts'
import { testClockDecider } from '@billstream/accounts-domain'
import { testClockProjection } from '@billstream/accounts-read-model'
import {
  EventRegistry,
  type Command,
  type CommandMetadata,
  type CommandReply,
  type RecordedEvent,
} from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  aggregate,
  CommandHandling,
  MemoryDeadLetters,
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
  type Log,
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
  const warnings: string[] = []
  const lettersTold: number[] = []
  const log: Log = {
    info: () => undefined,
    warn: ({ err, deadLetters }, message) => {
      warnings.push(err instanceof Error ? err.message : message)
      if (typeof deadLetters === 'number') lettersTold.push(deadLetters)
    },
    error: () => undefined,
  }
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
  let slowToSettle = 0
  let isHeld = false
  let whenFired = async () => {}
  const bus: MessageBus = {
    send: (_definition, command) => handle(command),
    dispatch: async (_route, { type, metadata }) => {
      if (type === crashAt) throw new Error('crashed')
      outside.push({ fired: type, now: metadata.now, due: metadata.due })
      await whenFired()
      return { ok: true, value: { id: derivedId(type), events: [] }, position: 0n }
    },
    ask: () => Promise.reject(new Error('Nothing is asked.')),
    ingest: () => Promise.reject(new Error('Nothing is ingested.')),
    usageShards: 1,
  }
  const billingHalts = new MemoryBillingHalts()
  const quiescence = {
    caughtUp: () => Promise.resolve(true),
    settled: async (correlationId: string, signal: AbortSignal) => {
      if (isHeld) {
        await new Promise((resolve) => signal.addEventListener('abort', () => setImmediate(resolve)))
        outside.push({ settled: 'broken off' })
        return false
      }
      if (crashSettling) return Promise.reject(new Error('crashed'))
      const settled = timers.find((each) => timerCorrelation(each) === correlationId)
      const halts = await billingHalts.all()
      if (halts.some((halt) => halt.organizationId === settled?.organizationId)) {
        outside.push({ settled: 'not while halted' })
        return false
      }
      if (slowToSettle > 0) {
        slowToSettle -= 1
        return false
      }
      outside.push({ settled: settled?.rule ?? correlationId })
      return true
    },
  }
  const workQueue = new MemoryWorkQueue()
  const deadLetters = new MemoryDeadLetters()
  const advances = advanceTestClocks({
    ...shared,
    timers: memoryTimers,
    bells: new MemoryBells(),
    billingHalts,
    workQueue,
    deadLetters,
    bus,
    quiescence,
  })
  await handle(CreateTestClock({ testClockId, name: 'story', frozenTime: start }, testMetadata()))
  /** Runs the worker until the condition holds, then stops it as a process that ends does. */
  const runUntil = async (holds: () => unknown) => {
    const ending = new AbortController()
    const running = advances.worker.run(ending.signal)
    while (!(await holds())) await new Promise(setImmediate)
    ending.abort()
    await running
  }
  const row = (id: string = testClockId) => views.getAnywhere(testClockProjection.view, id)
  const isReady = async (id?: string) => (await row(id))?.status === 'ready'
  return {
    ...advances,
    outside,
    warnings,
    lettersTold,
    addLetter: (correlationId: string) =>
      deadLetters.add({
        id: derivedId('letter', correlationId),
        consumer: 'draft-invoice',
        key: 'period-1',
        event: {
          id: derivedId('event'),
          type: 'PeriodClosed',
          stream: 'period-1',
          revision: 0,
          position: '1',
          correlationId,
        },
        error: 'It failed.',
        tries: 5,
        at: start,
      }),
    runUntil,
    isReady,
    untilReady: () => runUntil(isReady),
    halt: () => billingHalts.halt({ organizationId, reason: 'a wrong price', by: 'tester', at: start }),
    haltInTheStep: () => {
      whenFired = () => billingHalts.halt({ organizationId, reason: 'a wrong price', by: 'tester', at: start })
    },
    resume: (organizationId: string) => billingHalts.resume(organizationId),
    create: (id: string, metadata: CommandMetadata) =>
      handle(CreateTestClock({ testClockId: id, name: 'other', frozenTime: start }, metadata)),
    advanceTo: (targetTime: string, id: string = testClockId, organization: string = organizationId) =>
      handle(
        AdvanceTestClock(
          { testClockId: id, targetTime },
          testMetadata({ commandId: derivedId('advance', id, targetTime), organizationId: organization }),
        ),
      ),
    holdSettling: () => {
      isHeld = true
    },
    settleSlowly: (times: number) => {
      slowToSettle = times
    },
    crashWhenFiring: (type: string | undefined) => {
      crashAt = type
    },
    crashWhenSettling: (crashes: boolean) => {
      crashSettling = crashes
    },
    row,
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
    const { untilReady, advanceTo, outside, steps, row } = await given(timer('late', twentieth), timer('soon', tenth))
    await advanceTo(end)
    await untilReady()
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
    const { untilReady, advanceTo, outside, steps } = await given(timer('b', tenth, 30), timer('a', tenth, 10))
    await advanceTo(tenth)
    await untilReady()
    expect(outside.filter((each) => 'fired' in each)).toMatchObject([{ fired: 'a' }, { fired: 'b' }])
    expect((await steps()).map(([type]) => type)).toEqual([
      'TestClockAdvanceStarted',
      'TestClockStepped',
      'TestClockAdvanced',
    ])
  })

  it('runs a late timer at its present time, with the due time of the timer', async () => {
    const past = '2026-05-01T00:00:00.000Z'
    const { untilReady, advanceTo, outside } = await given(timer('overdue', past))
    await advanceTo(tenth)
    await untilReady()
    expect(outside[0]).toEqual({ fired: 'overdue', now: start, due: past })
  })

  it('leaves what is due later, and what follows another clock', async () => {
    const { untilReady, advanceTo, outside, left } = await given(timer('later', end), {
      ...timer('other', tenth),
      clockId: derivedId('other clock'),
    })
    await advanceTo(twentieth)
    await untilReady()
    expect(outside).toEqual([])
    expect(await left()).toEqual(['other', 'later'])
  })

  it('goes on after a crash where it stood', async () => {
    const { untilReady, runUntil, warnings, advanceTo, crashWhenFiring, outside, steps } = await given(
      timer('first', tenth),
      timer('second', twentieth),
    )
    await advanceTo(end)
    crashWhenFiring('second')
    await runUntil(() => warnings.includes('crashed'))
    crashWhenFiring(undefined)
    await untilReady()
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
    const { untilReady, runUntil, warnings, advanceTo, crashWhenSettling, outside } = await given(timer('only', tenth))
    await advanceTo(end)
    crashWhenSettling(true)
    await runUntil(() => warnings.includes('crashed'))
    crashWhenSettling(false)
    await untilReady()
    expect(outside).toMatchObject([{ fired: 'only' }, { settled: 'only' }])
  })
})

describe('a test clock whose step does not settle for long', () => {
  it('waits for it, and says so each time', async () => {
    const { untilReady, advanceTo, settleSlowly, outside, warnings } = await given(
      timer('first', tenth),
      timer('second', twentieth),
    )
    await advanceTo(end)
    settleSlowly(2)
    await untilReady()
    expect(outside).toMatchObject([
      { fired: 'first' },
      { settled: 'first' },
      { fired: 'second' },
      { settled: 'second' },
    ])
    expect(warnings).toEqual(Array(2).fill('A step of a test clock has not settled yet, and is waited for.'))
  })

  it('says how many dead letters of the step there are', async () => {
    const only = timer('only', tenth)
    const { untilReady, advanceTo, settleSlowly, addLetter, lettersTold } = await given(only)
    await addLetter(timerCorrelation(only))
    await addLetter('another')
    await advanceTo(end)
    settleSlowly(2)
    await untilReady()
    expect(lettersTold).toEqual([1, 1])
  })
})

describe('a test clock of an organization whose billing is halted', () => {
  const halted = 'not while halted'

  it('waits for its step after billing was resumed, however long that took', async () => {
    const { runUntil, untilReady, advanceTo, haltInTheStep, resume, outside } = await given(timer('only', tenth))
    await advanceTo(end)
    haltInTheStep()
    await runUntil(() => outside.length === 2)
    expect(outside).toMatchObject([{ fired: 'only' }, { settled: halted }])
    await resume(organizationId)
    await untilReady()
    expect(outside).toMatchObject([{ fired: 'only' }, { settled: halted }, { settled: 'only' }])
  })

  it('begins no step that comes after the halt', async () => {
    const { runUntil, untilReady, advanceTo, halt, resume, create, isReady, outside } = await given(
      timer('only', tenth),
    )
    const other = { clockId: derivedId('other clock'), organizationId: derivedId('other organization') }
    await create(other.clockId, testMetadata({ commandId: derivedId('create'), organizationId: other.organizationId }))
    await halt()
    await advanceTo(end)
    await advanceTo(end, other.clockId, other.organizationId)
    await runUntil(() => isReady(other.clockId))
    expect(outside).toEqual([])
    await resume(organizationId)
    await untilReady()
    expect(outside).toMatchObject([{ fired: 'only' }, { settled: 'only' }])
  })

  it('holds up no clock of another organization', async () => {
    const other = { clockId: derivedId('other clock'), organizationId: derivedId('other organization') }
    const theirs = { ...timer('other', tenth), ...other }
    const { runUntil, isReady, row, advanceTo, haltInTheStep, create, outside } = await given(
      timer('only', tenth),
      theirs,
    )
    await create(other.clockId, testMetadata({ commandId: derivedId('create'), organizationId: other.organizationId }))
    await advanceTo(end)
    haltInTheStep()
    await runUntil(async () => {
      if (outside.length === 2) await advanceTo(end, other.clockId, other.organizationId)
      return outside.length > 2 && isReady(other.clockId)
    })
    expect(outside).toMatchObject([{ fired: 'only' }, { settled: halted }, { fired: 'other' }, { settled: 'other' }])
    expect(await row()).toMatchObject({ status: 'advancing' })
  })
})

describe('a test clock that is ready', () => {
  it('fires nothing', async () => {
    const { untilReady, outside, left } = await given(timer('waiting', start))
    await untilReady()
    expect(outside).toEqual([])
    expect(await left()).toEqual(['waiting'])
  })
})

describe('two test clocks that advance', () => {
  it('do so by themselves: one that fails again and again holds up no other', async () => {
    const { runUntil, isReady, row, advanceTo, crashWhenFiring, create, warnings } = await given(timer('broken', tenth))
    const other = derivedId('other clock')
    await create(other, testMetadata({ commandId: derivedId('create') }))
    crashWhenFiring('broken')
    await advanceTo(end)
    await runUntil(async () => {
      if (warnings.length === 1) await advanceTo(end, other)
      return warnings.length > 1 && isReady(other)
    })
    expect(await row()).toMatchObject({ status: 'advancing', frozen_time: tenth })
  })
})

describe('a worker that is stopped while a step settles', () => {
  it('ends after the advance, so that none runs on beside whoever takes over', async () => {
    const { worker, advanceTo, holdSettling, outside } = await given(timer('only', tenth))
    const stop = new AbortController()
    await advanceTo(end)
    holdSettling()
    const running = worker.run(stop.signal)
    while (outside.length === 0) await new Promise(setImmediate)
    stop.abort()
    await running
    expect(outside).toMatchObject([{ fired: 'only' }, { settled: 'broken off' }])
  })
})
