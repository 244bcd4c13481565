import type { JsonSchema } from './json-schema'

const uuid: JsonSchema = { type: 'string', format: 'uuid' }
const instant: JsonSchema = { type: 'string', format: 'date-time' }

/** The envelope of every event: see `toCloudEvent`. */
export const cloudEventSchema: JsonSchema = {
  type: 'object',
  description: 'CloudEvents 1.0 in JSON, structured mode, with extensions of its own.',
  required: [
    ...['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'data'],
    ...['revision', 'position', 'recordedat', 'organizationid', 'actortype', 'actorid'],
    ...['commandid', 'correlationid', 'causationid'],
  ],
  properties: {
    specversion: { const: '1.0' },
    id: { ...uuid, description: 'The same whenever the event is sent again: by it a duplicate is known.' },
    source: { type: 'string', format: 'uri-reference', description: '/billstream/<kind of the stream>' },
    type: { type: 'string', description: 'billstream.<event>.v<version>' },
    subject: {
      type: 'string',
      description: 'The stream, <kind>-<id of the object>: also the key of the Kafka message.',
    },
    time: { ...instant, description: "When it happened, by the customer's clock: a test clock, or real time." },
    datacontenttype: { const: 'application/json' },
    data: { type: 'object' },
    revision: {
      type: 'integer',
      minimum: 0,
      description: 'The number of the event in its stream, from 0, without gaps but for events that are not published.',
    },
    position: {
      type: 'string',
      pattern: '^\\d+$',
      description: 'Digits. Of two events the later one has the greater position, whatever their streams.',
    },
    recordedat: { ...instant, description: 'When it was recorded, in real time.' },
    organizationid: { ...uuid, description: 'The tenant. Events of all tenants are on the same topics.' },
    actortype: { enum: ['api_key', 'user', 'admin', 'process', 'timer', 'webhook', 'system'] },
    actorid: { type: 'string', description: 'Of whoever gave the command.' },
    commandid: { ...uuid, description: 'The command that recorded the event.' },
    commandtype: { type: 'string', description: 'Which command that was; absent in the first events ever recorded.' },
    correlationid: { ...uuid, description: 'The request from which everything descends.' },
    causationid: { ...uuid, description: 'The event or request that led to the command.' },
    due: { ...instant, description: 'The instant of the timer from which it descends.' },
    clockid: { ...uuid, description: 'The test clock that rules the customer; absent in real time.' },
  },
}
