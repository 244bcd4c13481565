import { timerCommand, type OutboxRow, type Timer } from '@billstream/event-sourcing-runtime'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'

/** Timers taken at once. */
const BATCH_MAX = 200
/** A claim of a tool that was killed is free again after this, in milliseconds. */
const CLAIM_MS = 30_000

type DuePorts = Pick<OpsPorts, 'timers' | 'processes' | 'clock'>

/**
 * Gives the commands of everything due to the outbox of its owner, whose service sends them. A timer that its service
 * fires at the same time has one effect, since the command's id follows from the timer. Returns how many.
 */
export async function runDue(
  owners: readonly string[],
  ports: DuePorts,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<number> {
  let given = 0
  for (const owner of owners) {
    for (let timers = await claim(owner, ports); timers.length > 0; timers = await claim(owner, ports)) {
      await give(owner, timers, ports)
      given += timers.length
      progress.advance(timers.length)
      if (signal.aborted) return given
    }
  }
  return given
}

function claim(owner: string, { timers, clock }: DuePorts): Promise<Timer[]> {
  const now = clock.now()
  return timers.claimDue(owner, now, new Date(Date.parse(now) + CLAIM_MS).toISOString(), BATCH_MAX)
}

/** The commands are stored before the timers are fired: a kill between the two gives them again, under the same ids. */
async function give(owner: string, due: readonly Timer[], { processes, timers, clock }: DuePorts): Promise<void> {
  const commands = due.map((timer) => rowOf(timer, clock.now()))
  await processes.commit({ process: 'ops-timers', owner, inbox: [], states: [], commands })
  await timers.fired(due.map(({ id }) => id))
}

function rowOf(timer: Timer, now: string): OutboxRow {
  const { type, data, metadata } = timerCommand(timer, now)
  const { context, target } = timer.command
  return {
    id: metadata.commandId,
    process: 'ops-timers',
    target,
    context,
    type,
    data,
    metadata,
    refusals: {},
    tries: 0,
  }
}
