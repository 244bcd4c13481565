import type { Static, TSchema } from '@sinclair/typebox'
import type { DomainEvent, RecordedEvent } from './message'

/** Lifts the data of one version to the next. Pure; old events are never rewritten. */
export type Upcaster = (data: Record<string, unknown>) => Record<string, unknown>

/** What the runtime needs to know of an event type. */
export interface EventDescriptor {
  readonly type: string
  /** The version that is written now; 1 for the first. */
  readonly version: number
  readonly schema: TSchema
  /** Key n lifts version n to n + 1. */
  readonly upcasters: Readonly<Record<number, Upcaster>>
  /** Not relayed to subscribers. */
  readonly internal: boolean
  /** Its data has a member `personal`, encrypted under the key of this subject (a person's id). */
  personalSubject?(data: unknown): string
}

/** A declared event; calling it makes the fact. */
export interface EventDefinition<
  Type extends string = string,
  Schema extends TSchema = TSchema,
> extends EventDescriptor {
  readonly type: Type
  readonly schema: Schema
  (data: Static<Schema>): DomainEvent<Type, Static<Schema>>
}

export interface EventOptions<Schema extends TSchema> {
  readonly version?: number
  readonly upcasters?: Readonly<Record<number, Upcaster>>
  readonly internal?: boolean
  personalSubject?(data: Static<Schema>): string
}

/** Declares an event once: its type, JSON Schema, version and upcasters; calling the definition makes the fact. */
export function defineEvent<Type extends string, Schema extends TSchema>(
  type: Type,
  schema: Schema,
  options: EventOptions<Schema> = {},
): EventDefinition<Type, Schema> {
  const build = (data: Static<Schema>): DomainEvent<Type, Static<Schema>> => ({ type, data })
  return Object.assign(build, {
    type,
    schema,
    version: options.version ?? 1,
    upcasters: options.upcasters ?? {},
    internal: options.internal ?? false,
    ...(options.personalSubject && { personalSubject: options.personalSubject }),
  })
}

/** The fact that a definition makes. */
export type EventOf<Definition> =
  Definition extends EventDefinition<infer Type, infer Schema> ? DomainEvent<Type, Static<Schema>> : never

/** The fact as it was recorded. */
export type RecordedOf<Definition> =
  Definition extends EventDefinition<infer Type, infer Schema> ? RecordedEvent<Type, Static<Schema>> : never

/** All events of a set of contracts, by type; lifts what is read to the present version. */
export class EventRegistry {
  private readonly definitions = new Map<string, EventDescriptor>()

  constructor(definitions: Iterable<EventDescriptor>) {
    for (const definition of definitions) {
      if (this.definitions.has(definition.type)) throw new Error(`Event ${definition.type} is defined twice.`)
      this.definitions.set(definition.type, definition)
    }
  }

  all(): readonly EventDescriptor[] {
    return [...this.definitions.values()]
  }

  get(type: string): EventDescriptor {
    const definition = this.definitions.get(type)
    if (!definition) throw new Error(`Event ${type} is in no contract.`)
    return definition
  }

  has(type: string): boolean {
    return this.definitions.has(type)
  }

  /** Throws on a version newer than the contract: an older program must not read it. */
  upcast(event: RecordedEvent): RecordedEvent {
    const definition = this.definitions.get(event.type)
    if (!definition || event.schemaVersion === definition.version) return event
    if (event.schemaVersion > definition.version) {
      throw new Error(`${event.type} version ${event.schemaVersion} is newer than ${definition.version}.`)
    }
    let data = event.data as Record<string, unknown>
    for (let version = event.schemaVersion; version < definition.version; version += 1) {
      const lift = definition.upcasters[version]
      if (!lift) throw new Error(`${event.type} has no upcaster from version ${version}.`)
      data = lift(data)
    }
    return { ...event, data, schemaVersion: definition.version }
  }
}
