import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { derivedId } from '@billstream/kernel'
import type { EventPlace } from '@billstream/event-sourcing-runtime'
import type { OpsPorts } from '../ops'

type ReadPorts = Pick<OpsPorts, 'eventStore' | 'eventIndex'>

/** Causes looked up, one behind the other. */
const CAUSES_MAX = 100

/** Those of the ids that are recorded, whole, in position order. */
export async function eventsById(
  ids: readonly string[],
  { eventStore, eventIndex }: ReadPorts,
): Promise<RecordedEvent[]> {
  const found: RecordedEvent[] = []
  for await (const event of eventsAt(await eventIndex.find(ids), { eventStore })) found.push(event)
  return found
}

/** The events at these places, one after the other. */
export async function* eventsAt(
  places: readonly EventPlace[],
  { eventStore }: Pick<OpsPorts, 'eventStore'>,
): AsyncIterable<RecordedEvent> {
  for (const { stream, revision } of places) yield* eventStore.read(stream, { fromRevision: revision, limit: 1 })
}

/** The event of an id, undefined when none is recorded. */
export async function eventById(id: string, ports: ReadPorts): Promise<RecordedEvent | undefined> {
  return (await eventsById([id], ports))[0]
}

/** What led to an event, first cause first: each is the event that the command of the next one was caused by. */
export async function causesOf(event: RecordedEvent, ports: ReadPorts): Promise<RecordedEvent[]> {
  const causes: RecordedEvent[] = []
  let cause = await eventById(event.metadata.causationId, ports)
  while (cause && causes.length < CAUSES_MAX) {
    causes.unshift(cause)
    cause = await eventById(cause.metadata.causationId, ports)
  }
  return causes
}

/** The id that a command's event has: v5(command, index), as the command handling gives it. */
export function eventIdOf(commandId: string, index: number): string {
  return derivedId('event', commandId, index)
}

/** The id of the command that a process wants because of an event, as the process runner gives it. */
export function processCommandId(process: string, eventId: string, index: number): string {
  return derivedId('process', process, eventId, index)
}
