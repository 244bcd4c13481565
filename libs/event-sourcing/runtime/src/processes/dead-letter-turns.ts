import type { Context } from '@billstream/event-sourcing-core'
import { runUntilAborted } from '../running/retry-loop'
import type { PlatformPorts } from '../service/platform-ports'
import type { EventConsumers } from './event-consumers'

/** A look at what operators have let go on, in milliseconds. */
const LOOK_MS = 1_000
/** Letters taken up between two looks. */
const LETTERS_MAX = 100

type TurnPorts = Pick<PlatformPorts, 'deadLetters' | 'leases' | 'log' | 'sleeper'>

/**
 * Takes up dead letters whose turn it is: of each key in order, one that an operator has told to be tried again, or that
 * only waited for those before it. What comes meanwhile for the key is held back behind them, so its order stays.
 */
export async function runDeadLetterTurns(
  owner: Context,
  consumers: EventConsumers,
  ports: TurnPorts,
  stop: AbortSignal,
): Promise<void> {
  if (consumers.names.length === 0) return
  const taking = ports.leases.hold(`dead-letters:${owner}`, stop, (signal) =>
    runUntilAborted(`dead letters of ${owner}`, signal, ports, async () => {
      const taken = await takeUpAll(consumers, ports, signal)
      if (taken === 0) await ports.sleeper.sleep(LOOK_MS, signal)
    }),
  )
  await Promise.all([taking, forgetWhatHasLeft(consumers, ports, stop)])
}

async function takeUpAll(consumers: EventConsumers, { deadLetters }: TurnPorts, signal: AbortSignal): Promise<number> {
  const letters = await deadLetters.takeable(consumers.names, LETTERS_MAX)
  for (const letter of letters) {
    if (signal.aborted) break
    await consumers.takeUp(letter)
  }
  return letters.length
}

/** Letters leave by other processes too: while something is held back here, it is read again now and then. */
async function forgetWhatHasLeft(consumers: EventConsumers, { sleeper }: TurnPorts, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    await sleeper.sleep(LOOK_MS, stop)
    if (consumers.isHolding) consumers.refresh()
  }
}
