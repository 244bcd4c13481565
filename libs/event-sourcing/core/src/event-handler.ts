import type { Static, TSchema } from '@sinclair/typebox'
import type { EventDefinition } from './event-definition'
import type { RecordedEvent } from './message'

/** A handler typed by the event it is for; spread several into the `on` of a projection or of timer rules. */
export function on<Type extends string, Schema extends TSchema, Out>(
  definition: EventDefinition<Type, Schema>,
  handle: (event: RecordedEvent<Type, Static<Schema>>) => Out,
): Readonly<Record<string, (event: RecordedEvent) => Out>> {
  return { [definition.type]: handle as (event: RecordedEvent) => Out }
}

/** Narrows what a process got to one of the events that it reacts to. */
export function isEvent<Type extends string, Schema extends TSchema>(
  definition: EventDefinition<Type, Schema>,
  event: RecordedEvent,
): event is RecordedEvent<Type, Static<Schema>> {
  return event.type === definition.type
}
