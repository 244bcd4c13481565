import { epochMillis, type Clock, type Instant } from '@billstream/kernel'
import type { Log } from '../service/platform-ports'
import type { WakeUp } from './wake-up'

/** Shortest and longest pause between two looks, in milliseconds: another process may add without ringing here. */
const LOOK_MIN_MS = 10
const LOOK_MAX_MS = 1_000

/** Rows with a lease, handled side by side. */
export interface Taking<Item> {
  readonly name: string
  /** So many are handled at once. */
  readonly concurrencyMax: number
  /** Takes what is due under a lease, at most so many. */
  take(limit: number): Promise<readonly Item[]>
  /** When the next can be taken, in real time. */
  nextAt(): Promise<Instant | undefined>
  /** What it throws is logged; the item comes again when its lease has ended. */
  handle(item: Item, signal: AbortSignal): Promise<void>
}

/**
 * Takes and handles until the signal aborts, then waits for what it has begun. Rung by `wakeUp`, else it looks when the next
 * item is due. Throws what `take` and `nextAt` throw.
 */
export async function runTaking<Item>(
  taking: Taking<Item>,
  { clock, log, wakeUp }: { clock: Clock; log: Log; wakeUp: WakeUp },
  signal: AbortSignal,
): Promise<void> {
  const running = new Set<Promise<void>>()
  const start = (item: Item) => {
    const work = handled(taking, item, log, signal).finally(() => {
      running.delete(work)
      wakeUp.ring()
    })
    running.add(work)
  }
  const takeDue = async () => {
    const free = taking.concurrencyMax - running.size
    const due = free > 0 ? await taking.take(free) : []
    due.forEach(start)
  }
  // With every place taken only the end of one of them, which rings, makes a look worthwhile.
  const nextLookMs = async () =>
    running.size < taking.concurrencyMax ? pauseMs(await taking.nextAt(), clock.now()) : LOOK_MAX_MS
  try {
    while (!signal.aborted) {
      await takeDue()
      await wakeUp.wait(await nextLookMs(), signal)
    }
  } finally {
    await Promise.all(running)
  }
}

async function handled<Item>(taking: Taking<Item>, item: Item, log: Log, signal: AbortSignal): Promise<void> {
  try {
    await taking.handle(item, signal)
  } catch (error) {
    if (!signal.aborted) log.warn({ loop: taking.name, err: error }, 'An item failed and comes again.')
  }
}

function pauseMs(nextAt: Instant | undefined, now: Instant): number {
  if (nextAt === undefined) return LOOK_MAX_MS
  return Math.min(LOOK_MAX_MS, Math.max(LOOK_MIN_MS, epochMillis(nextAt) - epochMillis(now)))
}
