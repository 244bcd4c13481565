import type { Position } from '@billstream/event-sourcing-core'
import type { PlatformPorts } from '../service/platform-ports'
import type { ProgressBoard } from './progress-board'
import { TimeLimit } from './time-limit'

/** How long a step of a test clock waits for what descends from it before it says so, in milliseconds of real time. */
export const STEP_TIMEOUT_MS = 30_000
const LOOK_MS = 5
/** A dead letter may wait for its operator for days. */
const LETTER_LOOK_MS = 1_000

/** Knows when everything that descends from a correlation is done; webhook delivery is not waited for. */
export interface Quiescence {
  /** Resolves true when it is, false after STEP_TIMEOUT_MS or when the signal aborts. */
  settled(correlationId: string, signal: AbortSignal): Promise<boolean>
  /** Resolves when every consumer, timer rule and projection has seen what is stored now. */
  caughtUp(signal: AbortSignal): Promise<boolean>
}

/** Where the consumers of the bus and the timer rules stand, in one process or in many. */
export interface LoopProgress {
  /** Resolves when all of them have passed the position, or when the signal aborts. */
  passed(position: Position, signal: AbortSignal): Promise<void>
}

/** The loops of one process. names: of consumers and timer rules on the board. */
export function progressOnBoard(board: ProgressBoard, names: () => readonly string[]): LoopProgress {
  return { passed: (position, signal) => board.waitFor(names(), position, signal) }
}

type QuiescencePorts = Pick<
  PlatformPorts,
  'eventStore' | 'processes' | 'workQueue' | 'deadLetters' | 'viewProgress' | 'sleeper' | 'clock'
>

/**
 * It is a matter of positions: when all loops have seen the head, and no dead letter, command or call of the correlation
 * is waiting, and the head has not moved because of it meanwhile, nothing can follow any more.
 */
export class PositionQuiescence implements Quiescence {
  constructor(
    private readonly ports: QuiescencePorts,
    private readonly loops: LoopProgress,
    private readonly projections: readonly string[],
  ) {}

  async settled(correlationId: string, signal: AbortSignal): Promise<boolean> {
    const limit = new TimeLimit(this.ports, STEP_TIMEOUT_MS, signal)
    try {
      return await this.settledWithin(limit.signal, correlationId)
    } finally {
      limit.end()
    }
  }

  async caughtUp(signal: AbortSignal): Promise<boolean> {
    await this.seen(await this.ports.eventStore.head(), signal)
    return !signal.aborted
  }

  private async settledWithin(bound: AbortSignal, correlationId: string): Promise<boolean> {
    while (!bound.aborted) {
      const head = await this.ports.eventStore.head()
      await this.seen(head, bound)
      const pauseMs = await this.pauseFor(correlationId)
      if (pauseMs !== undefined) {
        await this.ports.sleeper.sleep(pauseMs, bound)
        continue
      }
      // Between the look at the head and the look at the outbox a command may have been answered: then the head has moved.
      if (!(await this.movedBy(correlationId, head, bound))) return !bound.aborted
    }
    return false
  }

  private async seen(head: Position, signal: AbortSignal): Promise<void> {
    await this.loops.passed(head, signal)
    await this.ports.viewProgress.reached(this.projections, head, STEP_TIMEOUT_MS)
  }

  /**
   * Until the next look, in milliseconds; undefined when nothing of the correlation is waiting. Letters are looked at first:
   * what a handled one left to do was noted before it went, so the later looks find it.
   */
  private async pauseFor(correlationId: string): Promise<number | undefined> {
    const { deadLetters, processes, workQueue } = this.ports
    if ((await deadLetters.pendingOf(correlationId)) > 0) return LETTER_LOOK_MS
    if ((await processes.pendingOf(correlationId)) > 0) return LOOK_MS
    return (await workQueue.pendingOf(correlationId)).length > 0 ? LOOK_MS : undefined
  }

  private async movedBy(correlationId: string, since: Position, signal: AbortSignal): Promise<boolean> {
    const head = await this.ports.eventStore.head()
    if (head <= since) return false
    for await (const batch of this.ports.eventStore.subscribe(since, { signal })) {
      if (batch.events.some(({ metadata }) => metadata.correlationId === correlationId)) return true
      if (batch.reached >= head) return false
    }
    return false
  }
}
