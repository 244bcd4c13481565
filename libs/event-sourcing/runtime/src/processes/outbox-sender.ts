import type { CommandReply, Context } from '@billstream/event-sourcing-core'
import type { CommandDispatch } from '../ports/command-dispatch.port'
import { isOfOperator, type OutboxOutcome, type OutboxRow } from '../ports/processes.port'
import { runUntilAborted } from '../running/retry-loop'
import type { WakeUp } from '../running/wake-up'
import type { PlatformPorts } from '../service/platform-ports'
import { commandOf } from './process-commands'

/** Commands taken at once; different targets are sent side by side. */
export const OUTBOX_BATCH_MAX = 500
/** A look at the outbox even when nobody rang, in milliseconds. */
const OUTBOX_LOOK_MS = 1_000
/** Wait before a refused command is tried again, in milliseconds; doubled each time up to the bound. */
const REFUSED_RETRY_MS = 1_000
const REFUSED_RETRY_MAX_MS = 60_000
/** Wait for what must come first, in milliseconds. */
const WAIT_MS = 200

type SenderPorts = Pick<PlatformPorts, 'processes' | 'leases' | 'clock' | 'log' | 'sleeper'>

/** The role of whoever sends the commands of a context: while nobody holds it, they wait. */
export function outboxRole(owner: Context): string {
  return `outbox:${owner}`
}

/** Sends the commands that the processes of a context want, in order per target, and removes each after its answer. */
export async function runOutboxSender(
  owner: Context,
  ports: SenderPorts,
  { dispatch, wakeUp }: { dispatch: CommandDispatch; wakeUp: WakeUp },
  stop: AbortSignal,
): Promise<void> {
  await ports.leases.hold(outboxRole(owner), stop, (signal) =>
    runUntilAborted(`outbox ${owner}`, signal, ports, async () => {
      const sent = await sendPending(owner, ports, dispatch)
      if (sent.waiting) await wakeUp.wait(WAIT_MS, signal)
      else if (sent.count < OUTBOX_BATCH_MAX / 2) await wakeUp.wait(OUTBOX_LOOK_MS, signal)
    }),
  )
}

async function sendPending(
  owner: Context,
  ports: SenderPorts,
  dispatch: CommandDispatch,
): Promise<{ count: number; waiting: boolean }> {
  const rows = await ports.processes.pending(owner, OUTBOX_BATCH_MAX, ports.clock.now())
  if (rows.length === 0) return { count: 0, waiting: false }
  const sent = await Promise.all([...byTarget(rows).values()].map((queue) => sendInOrder(queue, ports, dispatch)))
  const outcomes = sent.flat()
  await ports.processes.settle(outcomes)
  return { count: rows.length, waiting: outcomes.some(({ kind }) => kind === 'retry') }
}

function byTarget(rows: readonly OutboxRow[]): Map<string, OutboxRow[]> {
  const targets = new Map<string, OutboxRow[]>()
  for (const row of rows) targets.set(row.target, [...(targets.get(row.target) ?? []), row])
  return targets
}

/** Stops at the first row that must wait: what follows it on the same target waits too. */
async function sendInOrder(
  queue: readonly OutboxRow[],
  ports: SenderPorts,
  dispatch: CommandDispatch,
): Promise<OutboxOutcome[]> {
  const outcomes: OutboxOutcome[] = []
  for (const row of queue) {
    const outcome = await sendOne(row, ports, dispatch)
    outcomes.push(outcome)
    if (outcome.kind === 'retry') break
  }
  return outcomes
}

async function sendOne(row: OutboxRow, ports: SenderPorts, dispatch: CommandDispatch): Promise<OutboxOutcome> {
  const now = ports.clock.now()
  try {
    const route = { context: row.context as Context, target: row.target }
    return outcomeOf(row, await dispatch.dispatch(route, commandOf(row, now)), now, ports)
  } catch (error) {
    // Infrastructure: no try is counted, the same command is repeated until it works.
    ports.log.warn(
      { process: row.process, command: row.type, err: error },
      'A command could not be sent; it is sent again.',
    )
    return { kind: 'retry', row, code: 'unavailable', notBefore: later(now, REFUSED_RETRY_MS) }
  }
}

function outcomeOf(row: OutboxRow, reply: CommandReply, now: string, ports: SenderPorts): OutboxOutcome {
  if (reply.ok) return { kind: 'done', row }
  const { code, message } = reply.error
  const policy =
    code === 'too_many_conflicts' ? 'retry' : (row.refusals[code] ?? (isOfOperator(row) ? 'answer' : 'alarm'))
  switch (policy) {
    case 'ignore':
      return { kind: 'ignored', row, code }
    case 'wait':
      return { kind: 'retry', row, code, notBefore: later(now, WAIT_MS) }
    case 'retry': {
      const delayMs = Math.min(REFUSED_RETRY_MS * 2 ** row.tries, REFUSED_RETRY_MAX_MS)
      return { kind: 'retry', row: { ...row, tries: row.tries + 1 }, code, notBefore: later(now, delayMs) }
    }
    case 'answer':
      return { kind: 'answered', row, code, message, at: now }
    default:
      ports.log.error(
        { process: row.process, command: row.type, target: row.target, code },
        `A process was refused: ${message}`,
      )
      return { kind: 'alarm', row, code, message, at: now }
  }
}

function later(now: string, ms: number): string {
  return new Date(Date.parse(now) + ms).toISOString()
}
