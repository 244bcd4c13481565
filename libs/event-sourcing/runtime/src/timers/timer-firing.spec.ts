import { Type } from '@sinclair/typebox'
import { defineCommand, Field, want, type Command, type TimerRules } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { fixedClock } from '@billstream/testing'
import { MemoryLeases } from '../memory/leases.memory'
import { MemoryTimers } from '../memory/timers.memory'
import { StoreUnavailable } from '../errors'
import { WakeUp } from '../running/wake-up'
import { runTimers } from './timer-firing'
import { timerWrites } from './timer-projection'

const Ring = defineCommand(
  'Ring',
  { context: 'accounts', category: 'bell', aggregateId: ({ id }: { id: string }) => id },
  Type.Object({ id: Field.id, due: Field.instant }),
)
const rules: TimerRules = {
  name: 'bells',
  context: 'accounts',
  on: {
    BellSet: (event) => {
      const { id, due, clockId } = event.data as { id: string; due: string; clockId?: string }
      const timer = { rule: 'ring', aggregateId: id, rank: 10, tieBreak: id, due, command: want(Ring, { id, due }) }
      return [{ kind: 'set', timer: { ...timer, ...(clockId !== undefined && { clockId }) } }]
    },
    BellStopped: (event) => [{ kind: 'cancel', rule: 'ring', aggregateId: (event.data as { id: string }).id }],
  },
}

let position = 0n
function make(now: string) {
  const timers = new MemoryTimers()
  const clock = fixedClock(now)
  const sent: Command[] = []
  let failures = 0
  const dispatch = {
    dispatch: (_route: unknown, command: Command) => {
      if (failures > 0) {
        failures -= 1
        return Promise.reject(new StoreUnavailable('away'))
      }
      sent.push(command)
      return Promise.resolve({ ok: true as const, value: { id: 'x', events: [] }, position: 1n })
    },
  }
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const sleeper = { sleep: () => new Promise<void>((resolve) => setImmediate(resolve)) }
  return {
    clock,
    sent,
    timers,
    failNext: (times: number) => (failures = times),
    async project(type: string, data: object) {
      const before = await timers.checkpoint('bells')
      const event = recorded(
        { type, data },
        { position: (position += 1n), id: `00000000-0000-7000-8000-${String(position).padStart(12, '0')}` },
      )
      await timers.commit('bells', { from: before, to: event.position }, timerWrites(rules, event))
    },
    /** Runs until nothing is due any more. */
    async settle(expected: number) {
      const stop = new AbortController()
      const wakeUp = new WakeUp(sleeper)
      const running = runTimers(
        'accounts',
        { timers, clock, leases: new MemoryLeases(), log, sleeper },
        { dispatch, wakeUp },
        stop.signal,
      )
      for (let turn = 0; turn < 500 && sent.length < expected; turn += 1)
        await new Promise((resolve) => setImmediate(resolve))
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
      stop.abort()
      await running
    },
  }
}

describe('a timer', () => {
  it('that is due sends its command with its due time, under an id of its own', async () => {
    const bells = make('2026-01-02T00:00:00.000Z')
    await bells.project('BellSet', { id: 'a', due: '2026-01-01T00:00:00.000Z' })
    await bells.settle(1)
    expect(bells.sent).toMatchObject([
      {
        type: 'Ring',
        metadata: {
          due: '2026-01-01T00:00:00.000Z',
          now: '2026-01-02T00:00:00.000Z',
          actor: { type: 'timer', id: 'ring' },
        },
      },
    ])
  })

  it('that is not due waits, however often it is looked at', async () => {
    const bells = make('2026-01-01T00:00:00.000Z')
    await bells.project('BellSet', { id: 'a', due: '2026-01-01T00:00:01.000Z' })
    await bells.settle(0)
    expect(bells.sent).toEqual([])
    bells.clock.advance(1)
    await bells.settle(1)
    expect(bells.sent).toHaveLength(1)
  })

  it('fires once, also when its event is projected again', async () => {
    const bells = make('2026-01-02T00:00:00.000Z')
    await bells.project('BellSet', { id: 'a', due: '2026-01-01T00:00:00.000Z' })
    await bells.settle(1)
    await bells.project('BellSet', { id: 'a', due: '2026-01-01T00:00:00.000Z' })
    await bells.settle(1)
    expect(bells.sent).toHaveLength(1)
  })

  it('that was cancelled does not fire', async () => {
    const bells = make('2026-01-02T00:00:00.000Z')
    await bells.project('BellSet', { id: 'a', due: '2026-01-01T00:00:00.000Z' })
    await bells.project('BellStopped', { id: 'a' })
    await bells.settle(0)
    expect(bells.sent).toEqual([])
  })

  it('whose command could not be sent is sent again under the same id', async () => {
    const bells = make('2026-01-02T00:00:00.000Z')
    bells.failNext(2)
    await bells.project('BellSet', { id: 'a', due: '2026-01-01T00:00:00.000Z' })
    await bells.settle(1)
    expect(bells.sent).toHaveLength(1)
  })

  it('of a test clock is left to its advance', async () => {
    const bells = make('2026-01-02T00:00:00.000Z')
    await bells.project('BellSet', {
      id: 'a',
      due: '2026-01-01T00:00:00.000Z',
      clockId: '00000000-0000-7000-8000-0000000000cc',
    })
    await bells.settle(0)
    expect(bells.sent).toEqual([])
    expect(
      await bells.timers.firstOfClock('00000000-0000-7000-8000-0000000000cc', '2026-02-01T00:00:00.000Z'),
    ).toMatchObject({ aggregateId: 'a' })
  })
})
