import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { recorded, testMetadata } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { fixedClock } from '@billstream/testing'
import { MemoryEventStore } from '../memory/event-store.memory'
import { createMemoryPorts } from '../memory/memory-ports'
import { MemoryViews } from '../memory/views.memory'
import type { LetterEnd } from '../ports/dead-letters.port'
import { EventConsumers } from '../processes/event-consumers'
import type { Sleeper } from '../service/platform-ports'
import { ProgressBoard } from './progress-board'
import { PositionQuiescence, progressOnBoard, STEP_TIMEOUT_MS } from './quiescence'

const CONSUMER = 'draft-invoice'
const metadata = testMetadata({ commandId: derivedId('drafting') })
const { correlationId } = metadata
const end: LetterEnd = { outcome: 'handled', by: CONSUMER, reason: '', at: metadata.now }
const row = {
  ...{ id: metadata.commandId, process: CONSUMER, target: 'invoice-1', context: 'invoicing', type: 'DraftInvoice' },
  ...{ data: {}, metadata, refusals: {}, tries: 0 },
}

/** An event of the correlation that its consumer could not handle. `between` runs between two looks, the n-th time with n. */
async function givenDeadLetter(between: (look: number, under: Under) => Promise<unknown>) {
  const { under, sleeper } = parts()
  const { eventStore, board } = under
  const poisoned = () => Promise.reject(new Error('It cannot be read.'))
  const consumer = { name: CONSUMER, types: new Set(['PeriodClosed']), handle: poisoned }
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const instant: Sleeper = { sleep: () => Promise.resolve() }
  const consumers = new EventConsumers([consumer], { ...under, sleeper: instant, log })
  const event: RecordedEvent = recorded({ type: 'PeriodClosed', data: {} })
  await eventStore.append('period-1', 'any', [{ ...event, metadata: { ...event.metadata, correlationId } }])
  for await (const { events, reached } of eventStore.subscribe(0n)) {
    await consumers.handle(events)
    board.set(CONSUMER, reached)
    break
  }
  const stop = new AbortController()
  let looks = 0
  const waiting: Sleeper = {
    sleep: async (ms, signal) => {
      if (ms === STEP_TIMEOUT_MS) return sleeper.sleep(ms, signal)
      looks += 1
      await between(looks, under)
    },
  }
  const loops = progressOnBoard(board, () => [CONSUMER])
  const quiescence = new PositionQuiescence({ ...under, sleeper: waiting }, loops, [])
  return {
    stop,
    looks: () => looks,
    settled: (of: string = correlationId) => quiescence.settled(of, stop.signal),
  }
}

type Under = ReturnType<typeof parts>['under']

function parts() {
  const clock = fixedClock(metadata.now)
  /** Of the limit: its time is never over. */
  const sleeper: Sleeper = {
    sleep: (_ms, signal) => new Promise((resolve) => signal?.addEventListener('abort', () => resolve())),
  }
  const board = new ProgressBoard()
  const { deadLetters, processes, workQueue } = createMemoryPorts()
  const eventStore = new MemoryEventStore(clock)
  const viewProgress = new MemoryViews(sleeper)
  return { sleeper, under: { deadLetters, processes, workQueue, eventStore, viewProgress, board, clock } }
}

const LETTER = derivedId('dead-letter', CONSUMER, recorded({ type: 'PeriodClosed', data: {} }).id)

describe('a correlation of which an event lies in the dead letters', () => {
  it.each(['handled', 'dropped'] as const)('settles once the letter was %s, and not before', async (outcome) => {
    const { settled, looks } = await givenDeadLetter(
      async (look, { deadLetters }) => look === 3 && deadLetters.end([LETTER], { ...end, outcome }),
    )
    expect(await settled()).toBe(true)
    expect(looks()).toBe(3)
  })

  it('waits for what handling the letter left to do', async () => {
    const commit = { process: CONSUMER, owner: 'invoicing', inbox: ['e'], states: [], commands: [row] }
    const { settled, looks } = await givenDeadLetter(async (look, { deadLetters, processes }) => {
      if (look === 1) {
        await processes.commit(commit)
        await deadLetters.end([LETTER], end)
      }
      if (look === 2) await processes.settle([{ kind: 'done', row }])
    })
    expect(await settled()).toBe(true)
    expect(looks()).toBe(2)
  })

  it('has not settled when whoever waits is stopped', async () => {
    const given = await givenDeadLetter(async (look) => look === 3 && given.stop.abort())
    expect(await given.settled()).toBe(false)
  })

  it('holds up no other correlation', async () => {
    const { settled, looks } = await givenDeadLetter(() => Promise.reject(new Error('Nothing is waited for.')))
    expect(await settled(derivedId('another'))).toBe(true)
    expect(looks()).toBe(0)
  })
})
