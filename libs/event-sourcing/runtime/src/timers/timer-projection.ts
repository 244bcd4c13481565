import type { Position, RecordedEvent, TimerChange, TimerRules } from '@billstream/event-sourcing-core'
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
  ports: TimerPorts,
  { board, onSet, wanted }: { board: ProgressBoard; onSet: () => void; wanted: PositionsWanted },
  signal: AbortSignal,
): Promise<void> {
  const place = await StoredPlace.load(rules, ports, wanted)
  board.set(timersProgress(rules), place.reached)
  const options = { filter: { types: Object.keys(rules.on) }, signal }
  for await (const batch of wanted.between(ports.eventStore.subscribe(place.reached, options))) {
    if (signal.aborted) return
    const writes = batch?.events.flatMap((event) => timerWrites(rules, event)) ?? []
    if (!(await place.move(batch?.reached ?? place.reached, writes))) return
    board.set(timersProgress(rules), place.reached)
    if (writes.length > 0) onSet()
  }
}

/** Where a set of rules stands. What sets no timer is seen again after a crash, and sets none again: it is stored now and then. */
class StoredPlace {
  static async load(rules: TimerRules, ports: TimerPorts, wanted: PositionsWanted): Promise<StoredPlace> {
    return new StoredPlace(rules, ports, wanted, await ports.timers.checkpoint(rules.name))
  }

  reached: Position
  private storedAtMs: number

  private constructor(
    private readonly rules: TimerRules,
    private readonly ports: TimerPorts,
    private readonly wanted: PositionsWanted,
    private stored: Position,
  ) {
    this.reached = stored
    this.storedAtMs = epochMillis(ports.clock.now())
  }

  /** false: another holder has moved on. */
  async move(to: Position, writes: readonly TimerWrite[]): Promise<boolean> {
    this.reached = to
    const nowMs = epochMillis(this.ports.clock.now())
    const isDue = writes.length > 0 || this.wanted.isNow() || nowMs - this.storedAtMs >= STORE_EVERY_MS
    if (to <= this.stored || !isDue) return true
    if (!(await this.ports.timers.commit(this.rules.name, { from: this.stored, to }, writes))) return false
    ;[this.stored, this.storedAtMs] = [to, nowMs]
    return true
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
