import type { Command, CommandReply, Context } from '@billstream/event-sourcing-core'
import { derivedId, type Instant } from '@billstream/kernel'
import type { CommandDispatch } from '../ports/command-dispatch.port'
import type { Timer } from '../ports/timers.port'
import { runUntilAborted } from '../running/retry-loop'
import type { WakeUp } from '../running/wake-up'
import type { PlatformPorts } from '../service/platform-ports'

/** Timers taken at once. */
export const TIMERS_BATCH_MAX = 200
/** A claim of a process that died is free again after this, in milliseconds. */
export const TIMER_CLAIM_MS = 30_000
/** The longest sleep: a timer set by another process is seen within it, in milliseconds. */
const TIMER_LOOK_MS = 1_000

type FiringPorts = Pick<PlatformPorts, 'timers' | 'leases' | 'clock' | 'log' | 'sleeper'>

/** Fires the real-time timers of a context: everything due is taken, however late. */
export async function runTimers(
  owner: Context,
  ports: FiringPorts,
  { dispatch, wakeUp }: { dispatch: CommandDispatch; wakeUp: WakeUp },
  stop: AbortSignal,
): Promise<void> {
  await ports.leases.hold(`timer-firing:${owner}`, stop, (signal) =>
    runUntilAborted(`timers ${owner}`, signal, ports, async () => {
      const fired = await fireDue(owner, ports, dispatch)
      if (fired === 0) await wakeUp.wait(await sleepMs(owner, ports), signal)
    }),
  )
}

async function fireDue(owner: Context, ports: FiringPorts, dispatch: CommandDispatch): Promise<number> {
  const now = ports.clock.now()
  const claimedUntil = new Date(Date.parse(now) + TIMER_CLAIM_MS).toISOString()
  const timers = await ports.timers.claimDue(owner, now, claimedUntil, TIMERS_BATCH_MAX)
  if (timers.length === 0) return 0
  const answered = await Promise.allSettled(timers.map((timer) => fireTimer(timer, ports.clock.now(), ports, dispatch)))
  const done = timers.filter((_, index) => answered[index]?.status === 'fulfilled')
  await ports.timers.fired(done.map(({ id }) => id))
  const failed = timers.filter((timer) => !done.includes(timer))
  if (failed.length > 0) {
    await ports.timers.release(failed.map(({ id }) => id))
    throw new Error(`${failed.length} timers of ${owner} could not be fired.`)
  }
  return timers.length
}

/** Sends the timer's command under an id derived from the timer: fired twice, it has one effect. */
export async function fireTimer(
  timer: Timer,
  now: Instant,
  { log }: Pick<FiringPorts, 'log'>,
  dispatch: CommandDispatch,
): Promise<CommandReply> {
  const reply = await dispatch.dispatch(
    { context: timer.command.context as Context, target: timer.command.target },
    timerCommand(timer, now),
  )
  if (!reply.ok) {
    log.warn({ rule: timer.rule, aggregate: timer.aggregateId, code: reply.error.code }, 'A timer was refused.')
  }
  return reply
}

/** The correlation of everything that descends from a timer. */
export function timerCorrelation(timer: Pick<Timer, 'id'>): string {
  return derivedId('timer-correlation', timer.id)
}

/** What a timer sends. Its id follows from the timer's: whoever fires it, and however often, it has one effect. */
export function timerCommand(timer: Timer, now: Instant): Command {
  return {
    type: timer.command.type,
    data: timer.command.data,
    metadata: {
      commandId: derivedId('timer-command', timer.id),
      organizationId: timer.organizationId,
      actor: { type: 'timer', id: timer.rule },
      correlationId: timerCorrelation(timer),
      causationId: timer.causationId,
      now,
      due: timer.due,
      ...(timer.clockId !== null && { clockId: timer.clockId }),
    },
  }
}

async function sleepMs(owner: Context, { timers, clock }: FiringPorts): Promise<number> {
  const due = await timers.nextDue(owner)
  if (due === undefined) return TIMER_LOOK_MS
  return Math.min(Math.max(Date.parse(due) - Date.parse(clock.now()), 1), TIMER_LOOK_MS)
}
