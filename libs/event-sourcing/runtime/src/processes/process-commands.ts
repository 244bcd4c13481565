import type {
  Command,
  CommandMetadata,
  ProcessDefinition,
  RecordedEvent,
  WantedCommand,
} from '@billstream/event-sourcing-core'
import { derivedId, type Instant } from '@billstream/kernel'
import type { OutboxRow } from '../ports/processes.port'

/** Turns what a process wants into outbox rows; each command's id is derived from (process, event, index). */
export function toOutboxRows(
  process: ProcessDefinition,
  event: RecordedEvent,
  wanted: readonly WantedCommand[],
  realNow: Instant,
): OutboxRow[] {
  return wanted.map(({ definition, data }, index) => {
    const id = derivedId('process', process.name, event.id, index)
    return {
      id,
      process: process.name,
      target: `${definition.category}-${definition.aggregateId(data)}`,
      context: definition.context,
      type: definition.type,
      data,
      metadata: processMetadata(process, event, id, realNow),
      refusals: process.refusals ?? {},
      tries: 0,
    }
  })
}

/** On a test clock a command happens at the instant of its event: the clock stands still meanwhile. */
function processMetadata(
  process: ProcessDefinition,
  event: RecordedEvent,
  id: string,
  realNow: Instant,
): CommandMetadata {
  const { organizationId, correlationId, occurredAt, due, clockId } = event.metadata
  return {
    commandId: id,
    organizationId,
    actor: { type: 'process', id: process.name },
    correlationId,
    causationId: event.id,
    now: clockId === undefined ? realNow : occurredAt,
    ...(due !== undefined && { due }),
    ...(clockId !== undefined && { clockId }),
  }
}

/** The message of an outbox row. On real time it happens when it is sent. */
export function commandOf(row: OutboxRow, realNow: Instant): Command {
  const metadata = row.metadata.clockId === undefined ? { ...row.metadata, now: realNow } : row.metadata
  return { type: row.type, data: row.data, metadata }
}
