import type { EventDescriptor } from '@billstream/event-sourcing-core'

/** A JSON Schema as plain JSON. */
export interface JsonSchema {
  readonly [keyword: string]: unknown
}

/** The shape of an event's data as it is published: without `personal`, which never leaves the store. */
export function publishedSchema({ schema, personalSubject }: EventDescriptor): JsonSchema {
  // TypeBox marks its schemas with symbols: a copy through JSON is plain.
  const plain = JSON.parse(JSON.stringify(schema)) as JsonSchema
  if (personalSubject === undefined) return plain
  const { personal: _left, ...properties } = plain['properties'] as Record<string, unknown>
  const required = (plain['required'] as readonly string[]).filter((name) => name !== 'personal')
  return { ...plain, properties, required }
}
