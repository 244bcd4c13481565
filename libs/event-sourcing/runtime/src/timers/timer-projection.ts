import type { RecordedEvent, TimerChange, TimerRules } from '@billstream/event-sourcing-core'
import { derivedId, epochMillis } from '@billstream/kernel'
import type { TimerWrite } from '../ports/timers.port'
import { PositionsWanted } from '../running/positions-wanted'
import { runUntilAborted } from '../running/retry-loop'
import type { ProgressBoard } from '../running/progress-board'
import type { PlatformPorts } from '../service/platform-ports'

type TimerPorts = Pick<PlatformPorts, 'eventStore' | 'timers' | 'leases' | 'bells' | 'clock' | 'log' | 'sleeper'>

/** How often a position without timers is stored, in milliseconds. */
const STORE_EVERY_MS = 1_000

/** Name of a rule set on the progress board. */
export function timersProgress(rules: Pick<TimerRules, 'name'>): string {
  return `timer-rules:${rules.name}`
}

/** Projects events into timers, so the store alone rebuilds them. */
export async function runTimerProjection(
  rules: TimerRules,
  ports: TimerPorts,
  { board, onSet }: { board: ProgressBoard; onSet: () => void },
  stop: AbortSignal,
): Promise<void> {
  await runUntilAborted(timersProgress(rules), stop, ports, () =>
    ports.leases.hold(timersProgress(rules), stop, async (signal) => {
      const wanted = new PositionsWanted(ports.bells, ports.clock)
      try {
        await follow(rules, ports, { board, onSet, wanted }, signal)
      } finally {
        wanted.close()
      }
    }),
  )
}

async function follow(
  rules: TimerRules,
  { eventStore, timers, clock }: TimerPorts,
  { board, onSet, wanted }: { board: ProgressBoard; onSet: () => void; wanted: PositionsWanted },
  signal: AbortSignal,
): Promise<void> {
  let stored = await timers.checkpoint(rules.name)
  let reached = stored
  let storedAt = epochMillis(clock.now())
  board.set(timersProgress(rules), stored)
  const options = { filter: { types: Object.keys(rules.on) }, signal }
  for await (const batch of wanted.between(eventStore.subscribe(stored, options))) {
    if (signal.aborted) return
    const writes = batch?.events.flatMap((event) => timerWrites(rules, event)) ?? []
    reached = batch?.reached ?? reached
    const now = epochMillis(clock.now())
    // What sets no timer is seen again after a crash, and sets none again: its position is stored now and then.
    const due = writes.length > 0 || wanted.isNow() || now - storedAt >= STORE_EVERY_MS
    if (reached > stored && due) {
      if (!(await timers.commit(rules.name, { from: stored, to: reached }, writes))) return
      ;[stored, storedAt] = [reached, now]
    }
    board.set(timersProgress(rules), reached)
    if (writes.length > 0) onSet()
  }
}

export function timerWrites(rules: TimerRules, event: RecordedEvent): TimerWrite[] {
  return (rules.on[event.type]?.(event) ?? []).map((change) => toWrite(rules, event, change))
}

/** A timer's id is v5(rule, aggregate, due): projected twice it is the same timer. */
function toWrite(rules: TimerRules, event: RecordedEvent, change: TimerChange): TimerWrite {
  const owner = rules.context
  if (change.kind === 'cancel') return { kind: 'cancel', owner, rule: change.rule, aggregateId: change.aggregateId }
  const { rule, aggregateId, rank, tieBreak, due, command, clockId } = change.timer
  const { definition, data } = command
  return {
    kind: 'set',
    timer: {
      id: derivedId('timer', rule, aggregateId, due),
      owner,
      rule,
      aggregateId,
      organizationId: event.metadata.organizationId,
      clockId: clockId ?? null,
      due,
      rank,
      tieBreak,
      command: {
        context: definition.context,
        type: definition.type,
        data,
        target: `${definition.category}-${definition.aggregateId(data)}`,
      },
      causationId: event.id,
    },
  }
}
