import { testMetadata } from '@billstream/event-sourcing-core/testing'
import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { derivedId } from '@billstream/kernel'
import { fromCloudEvent, toCloudEvent, type CloudEvent } from './cloud-event'
import { KitHappened } from './conformance/message-bus.kit'
import { isCloudEvent } from './is-cloud-event'

const { now, ...metadata } = testMetadata()
const recorded: RecordedEvent = {
  ...KitHappened({ step: 1, personal: { name: 'Ann' } }),
  id: derivedId('happened'),
  schemaVersion: 1,
  stream: `kit-${derivedId('stream')}`,
  revision: 3,
  position: 18_446_744_073_709_551_615n,
  recordedAt: now,
  metadata: { ...metadata, commandType: 'Happen', occurredAt: now, due: now, clockId: derivedId('clock') },
}
const asSent = (event: RecordedEvent) =>
  JSON.parse(JSON.stringify(toCloudEvent(event, KitHappened))) as Record<string, unknown>
const sent = asSent(recorded)

describe('a message on a topic of events', () => {
  it('is an event as the relay publishes it', () => {
    expect(isCloudEvent(sent)).toBe(true)
    expect(isCloudEvent(asSent({ ...recorded, metadata: { ...metadata, occurredAt: now } }))).toBe(true)
  })

  it.each([undefined, null, 42, 'text', [], {}])('is none as %j', (body) => expect(isCloudEvent(body)).toBe(false))

  it.each([
    ...['id', 'type', 'subject', 'time', 'data', 'revision', 'position', 'recordedat'],
    ...['organizationid', 'actortype', 'actorid', 'commandid', 'correlationid', 'causationid'],
  ])('is none without %s', (name) => expect(isCloudEvent({ ...sent, [name]: undefined })).toBe(false))

  it('has attributes with names and values that CloudEvents allows', () => {
    const { data: _, ...attributes } = sent
    for (const [name, value] of Object.entries(attributes)) {
      expect(name).toMatch(/^[a-z0-9]{1,20}$/)
      expect(['string', 'number']).toContain(typeof value)
    }
  })

  it('gives the event that was recorded, without what is personal', () => {
    const { personal: __, ...data } = recorded.data as Record<string, unknown>
    expect(fromCloudEvent(sent as unknown as CloudEvent)).toEqual({ ...recorded, data })
  })

  it.each([
    ['a type of nobody', { type: 'com.example.Happened' }],
    ['a position that is no number', { position: 'abc' }],
    ['a revision below 0', { revision: -1 }],
    ['a stream without an id', { subject: 'kit' }],
    ['a time that does not exist', { time: '2026-02-30T00:00:00Z' }],
    ['data that is no object', { data: [1] }],
    ['text that no column holds', { data: { deep: [{ note: 'a\0b' }] } }],
    ['half of a surrogate pair', { data: { '\ud800': 1 } }],
  ])('is none with %s', (_, wrong) => expect(isCloudEvent({ ...sent, ...wrong })).toBe(false))
})
