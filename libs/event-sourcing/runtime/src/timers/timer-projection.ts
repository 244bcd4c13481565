import type { RecordedEvent, TimerChange, TimerRules } from '@billstream/event-sourcing-core'
import { derivedId } from '@billstream/kernel'
import type { TimerWrite } from '../ports/timers.port'
import { runUntilAborted } from '../running/retry-loop'
import type { ProgressBoard } from '../running/progress-board'
import type { PlatformPorts } from '../service/platform-ports'

type TimerPorts = Pick<PlatformPorts, 'eventStore' | 'timers' | 'leases' | 'log' | 'sleeper'>

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
      let from = await ports.timers.checkpoint(rules.name)
      board.set(timersProgress(rules), from)
      const options = { filter: { types: Object.keys(rules.on) }, signal }
      for await (const batch of ports.eventStore.subscribe(from, options)) {
        if (signal.aborted) return
        if (batch.reached <= from) continue
        const writes = batch.events.flatMap((event) => timerWrites(rules, event))
        if (!(await ports.timers.commit(rules.name, { from, to: batch.reached }, writes))) return
        from = batch.reached
        board.set(timersProgress(rules), from)
        if (writes.length > 0) onSet()
      }
    }),
  )
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
