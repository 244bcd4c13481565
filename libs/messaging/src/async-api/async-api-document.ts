import type { Context, EventDescriptor } from '@billstream/event-sourcing-core'
import { cloudEventType } from '../cloud-event'
import { topics } from '../topics'
import { cloudEventSchema } from './cloud-event.schema'
import { publishedSchema, type JsonSchema } from './json-schema'

const CONTENT_TYPE = 'application/cloudevents+json'
const DESCRIPTION = `What happens in billing, as CloudEvents on Kafka: one topic per context, one message per event.

Events come at least once, and in order per stream (the key). Keep the id, or the revision per stream, to know a duplicate.
An event keeps its shape; a changed one has a new version in its type. Ignore types and members that you do not know.
Personal data are not published: ask the API by id.`

/** An AsyncAPI 3.0 document, as plain JSON. */
export type AsyncApiDocument = Readonly<Record<string, unknown>>

export interface PublishedEvents {
  /** Of the platform. */
  readonly version: string
  readonly eventsByContext: Readonly<Record<Context, readonly EventDescriptor[]>>
}

/**
 * Describes what the relay publishes: a channel per context, a message per event with the JSON Schema of its present version
 * and the types of its earlier ones. Internal events and members `personal` are left out, as the relay leaves them out.
 */
export function asyncApiDocument({ version, eventsByContext }: PublishedEvents): AsyncApiDocument {
  const published = Object.entries(eventsByContext)
    .map(([context, events]) => ({ context: context as Context, events: events.filter(({ internal }) => !internal) }))
    .filter(({ events }) => events.length > 0)
  const events = published.flatMap((each) => each.events)
  return {
    asyncapi: '3.0.0',
    info: { title: 'Billstream events', version, description: DESCRIPTION, license: { name: 'Apache-2.0' } },
    defaultContentType: CONTENT_TYPE,
    channels: byName(published, (each) => [each.context, channel(each)]),
    operations: byName(published, ({ context }) => [`publish-${context}`, operation(context)]),
    components: {
      messages: byName(events, (event) => [event.type, message(event)]),
      schemas: {
        CloudEvent: cloudEventSchema,
        ...byName(events, (event) => [event.type, publishedSchema(event)]),
      },
    },
  }
}

interface Publication {
  readonly context: Context
  readonly events: readonly EventDescriptor[]
}

function channel({ context, events }: Publication): JsonSchema {
  return {
    address: topics.events(context),
    description: `Every event that the context ${context} owns.`,
    messages: byName(events, ({ type }) => [type, { $ref: `#/components/messages/${type}` }]),
  }
}

function operation(context: Context): JsonSchema {
  return { action: 'send', channel: { $ref: `#/channels/${context}` } }
}

function message(event: EventDescriptor): JsonSchema {
  const present = cloudEventType(event.type, event.version)
  const earlier = Array.from({ length: event.version - 1 }, (_, index) => cloudEventType(event.type, index + 1))
  return {
    name: present,
    title: event.type,
    contentType: CONTENT_TYPE,
    ...(earlier.length > 0 && { description: `Messages that were published earlier may be of ${earlier.join(', ')}.` }),
    correlationId: { location: '$message.header#/correlation-id' },
    headers: {
      type: 'object',
      properties: {
        'content-type': { const: `${CONTENT_TYPE}; charset=utf-8` },
        ce_type: { const: present },
        'correlation-id': { type: 'string', format: 'uuid' },
        traceparent: {
          type: 'string',
          description: 'W3C trace context of the request; absent where nothing is traced.',
        },
      },
    },
    bindings: {
      kafka: { key: { type: 'string', description: 'The stream, as in subject.' }, bindingVersion: '0.5.0' },
    },
    payload: {
      allOf: [
        { $ref: '#/components/schemas/CloudEvent' },
        { properties: { type: { const: present }, data: { $ref: `#/components/schemas/${event.type}` } } },
      ],
    },
    'x-version': event.version,
    'x-earlier-types': earlier,
  }
}

function byName<T>(items: readonly T[], entry: (item: T) => readonly [string, unknown]): Record<string, unknown> {
  return Object.fromEntries(items.map(entry))
}
