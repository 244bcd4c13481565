import { USAGE_NAME_CHARACTERS_MAX } from '@billstream/usage-contracts'
import { Type } from '@sinclair/typebox'
import { named, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire
const tag = 'Events'

const EVENTS_PER_BATCH_MAX = 100
const key = () => text({ min: 1, max: USAGE_NAME_CHARACTERS_MAX })

const EventCreate = named('EventCreate', {
  transaction_id: key(),
  external_customer_id: key(),
  external_subscription_id: Optional(orNull(text({ max: USAGE_NAME_CHARACTERS_MAX }))),
  code: key(),
  timestamp: instant(),
  properties: Optional(wire.jsonText()),
})
const EventBatchCreate = named('EventBatchCreate', {
  events: Type.Array(EventCreate, { minItems: 1, maxItems: EVENTS_PER_BATCH_MAX }),
})
const event = {
  id: uuid(),
  transaction_id: text(),
  external_customer_id: text(),
  external_subscription_id: orNull(text()),
  code: text(),
  timestamp: instant(),
  properties: wire.rawObject(),
  created_at: instant(),
}
const EventResponse = named('EventResponse', { ...event, conflict: Optional(wire.boolean()) })
const RefusedEvent = named('RefusedEvent', {
  index: wire.integer(),
  transaction_id: text(),
  field: text(),
  message: text(),
})
const ConflictingEvent = named('ConflictingEvent', { index: wire.integer(), transaction_id: text() })
const EventBatchResponse = named('EventBatchResponse', {
  ingested: wire.integer(),
  duplicates: wire.integer(),
  events: Type.Array(EventResponse),
  conflicts: Type.Array(ConflictingEvent),
  errors: Type.Array(RefusedEvent),
})
const EventVolumeResponse = named('EventVolumeResponse', {
  data_points: Type.Array(named('EventVolumePoint', { timestamp: text(), count: wire.integer() })),
})
const bounds = { from_timestamp: Optional(orNull(instant())), to_timestamp: Optional(orNull(instant())) }

export const createEvent = operation({
  method: 'POST',
  path: '/v1/events/',
  tag,
  summary: 'Ingest one usage event',
  ingestion: true,
  body: EventCreate,
  response: EventResponse,
  status: 201,
  errors: [401, 422, 429],
})
export const createEventBatch = operation({
  method: 'POST',
  path: '/v1/events/batch',
  tag,
  summary: 'Ingest up to 100 usage events',
  ingestion: true,
  body: EventBatchCreate,
  response: EventBatchResponse,
  status: 201,
  errors: [401, 422, 429],
})
export const listEvents = operation({
  method: 'GET',
  path: '/v1/events/',
  tag,
  summary: 'List usage events; both time bounds are inclusive',
  query: Type.Object({
    ...sortedPage,
    external_customer_id: Optional(orNull(text())),
    code: Optional(orNull(text())),
    ...bounds,
  }),
  response: Type.Array(EventResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getEventVolume = operation({
  method: 'GET',
  path: '/v1/events/volume',
  tag,
  summary: 'Usage events per hour',
  query: Type.Object(bounds),
  response: EventVolumeResponse,
  status: 200,
  errors: [401, 422],
})
export const getEvent = operation({
  method: 'GET',
  path: '/v1/events/{event_id}',
  tag,
  summary: 'Get a usage event',
  params: Type.Object({ event_id: uuid() }),
  response: EventResponse,
  status: 200,
  errors: [401, 404, 422],
})
