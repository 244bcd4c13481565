import type { ProcessDefinition, RecordedEvent } from '@billstream/event-sourcing-core'
import type { OutboxRow, ProcessStateRow } from '../ports/processes.port'
import type { PlatformPorts } from '../service/platform-ports'
import { toOutboxRows } from './process-commands'

/** Two holders may meet for a moment at a hand-over; more often than this is a bug. */
const RACES_MAX = 10

type RunnerPorts = Pick<PlatformPorts, 'processes' | 'clock'>

interface StateCell {
  state: unknown
  readonly version: number
}

/**
 * Handles a batch of events for one process: state rows, inbox rows and wanted commands are written in one transaction.
 * Seen events are left out, so at-least-once delivery has one effect. Throws when `react` throws: the caller isolates it.
 */
export async function handleBatch(
  process: ProcessDefinition,
  ports: RunnerPorts,
  batch: readonly RecordedEvent[],
): Promise<boolean> {
  let events = batch.filter(({ type }) => process.reactsTo.includes(type))
  for (let race = 0; race < RACES_MAX; race += 1) {
    if (events.length === 0) return false
    if (race > 0) events = await withoutHandled(process, ports, events)
    const { inbox, states, commands } = await react(process, ports, events)
    if (inbox.length === 0) return false
    if (await ports.processes.commit({ process: process.name, owner: process.context, inbox, states, commands })) {
      return commands.length > 0
    }
  }
  throw new Error(`The process ${process.name} cannot commit.`)
}

async function withoutHandled(
  process: ProcessDefinition,
  { processes }: RunnerPorts,
  events: readonly RecordedEvent[],
) {
  const handled = await processes.handled(
    process.name,
    events.map(({ id }) => id),
  )
  return events.filter(({ id }) => !handled.has(id))
}

async function react(process: ProcessDefinition, ports: RunnerPorts, events: readonly RecordedEvent[]) {
  const cells = await loadCells(process, ports, events)
  const now = ports.clock.now()
  const inbox: string[] = []
  const commands: OutboxRow[] = []
  for (const event of events) {
    const cell = process.key ? cells.get(process.key(event)) : undefined
    if (cell && process.evolve) cell.state = process.evolve(cell.state, event)
    const wanted = process.react(event, cell?.state)
    // Without state an event that wants nothing wants nothing again: it needs no inbox row.
    if (cell || wanted.length > 0) inbox.push(event.id)
    commands.push(...toOutboxRows(process, event, wanted, now))
  }
  const states: ProcessStateRow[] = [...cells].map(([key, { state, version }]) => ({ key, state, version }))
  return { inbox, states, commands }
}

async function loadCells(process: ProcessDefinition, { processes }: RunnerPorts, events: readonly RecordedEvent[]) {
  const cells = new Map<string, StateCell>()
  const { key } = process
  if (!key) return cells
  const keys = [...new Set(events.map((event) => key(event)))]
  const known = new Map((await processes.loadStates(process.name, keys)).map((row) => [row.key, row]))
  for (const each of keys) {
    const row = known.get(each)
    cells.set(each, row ? { state: row.state, version: row.version } : { state: process.initial, version: 0 })
  }
  return cells
}
