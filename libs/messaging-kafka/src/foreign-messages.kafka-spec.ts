import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { APPEND_BYTES_MAX } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { topics } from '@billstream/messaging'
import { KitCommand, KitHappened } from '@billstream/messaging/conformance'
import { eventually } from '../test/eventually'
import { connect, openSender, quiet, relay, sealOfTest, serve, serveEvents } from '../test/kafka-under-test'
import { keptLettersOf, lettersOf } from '../test/letters'
import { lookAtBrokers } from './connection/look-at-brokers'
import { OutgoingMessages } from './sending/outgoing-messages'
import { ReplyInbox } from './sending/reply-inbox'

const PATIENCE_MS = 60_000
const LONG_MS = 180_000
const DONE = { ok: true as const, value: { id: 'a', events: [] }, position: 1n }

describe('a message that nobody can read', () => {
  it(
    'goes to the dead letters, and those behind it go on',
    async () => {
      const connection = await connect()
      const sender = await openSender(connection)
      const service = await serve(connection, { command: () => Promise.resolve(DONE) }, [])
      const key = 'poisoned'
      await sender.outgoing.send({ topic: topics.commands('accounts'), key, value: '{"half": ', headers: {} })
      expect(
        await sender.bus.dispatch(
          { context: 'accounts', target: key },
          KitCommand({ id: 'a', step: 1 }, testMetadata()),
        ),
      ).toMatchObject({ ok: true })
      const letters = await lettersOf(connection, topics.commands('accounts'))
      expect(letters).toEqual(['{"half": '])
      await service.stop()
      await sender.close()
    },
    LONG_MS,
  )
})

describe('a topic of events into which others write as well', () => {
  const stream = `kit-${derivedId('stream', 'foreign')}`
  const { now, organizationId, actor, commandId, correlationId, causationId } = testMetadata()
  const event = {
    ...{ specversion: '1.0', id: derivedId('foreign'), source: '/billstream/kit', subject: stream },
    ...{ type: 'billstream.KitHappened.v1', time: now, datacontenttype: 'application/json' },
    ...{ data: { step: 9 }, revision: 0, position: '1', recordedat: now, organizationid: organizationId },
    ...{ actortype: actor.type, actorid: actor.id, commandid: commandId },
    ...{ correlationid: correlationId, causationid: causationId },
  }
  const strange = [
    '{"half": ',
    '42',
    '"text"',
    '{}',
    JSON.stringify({ ...event, position: 'abc' }),
    JSON.stringify({ ...event, subject: `kit\0-${derivedId('stream')}` }),
    JSON.stringify({ ...event, data: { note: 'half of a pair: \ud800' } }),
    'x'.repeat(1_500_000),
  ]

  it(
    'keeps in its dead letters what is no event, byte for byte, and what lies behind goes on',
    async () => {
      const connection = await connect()
      const sender = await openSender(connection)
      const seen: number[] = []
      const consumer = await serveEvents(connection, (events) => {
        seen.push(...events.map(({ data }) => (data as { step: number }).step))
        return Promise.resolve()
      })
      const topic = topics.events('accounts')
      const foreign = connection.kafka.producer()
      await foreign.connect()
      const bytes = [...strange.map((text) => Buffer.from(text)), Buffer.from([0xff, 0xfe, 0x00, 0x80])]
      for (const value of bytes) {
        const messages = [{ key: stream, value, headers: { from: 'elsewhere' } }]
        await foreign.send({ topic: connection.nameOf(topic), messages })
      }
      await foreign.disconnect()
      await sender.outgoing.send({ topic, key: stream, value: JSON.stringify(event), headers: {} })
      await eventually(() => expect(seen).toEqual([9]))
      const letters = await keptLettersOf(connection, topic, bytes.length)
      // As text: to compare a million bytes one by one takes longer than a member of a group may be silent.
      expect(letters.map(({ value }) => value?.toString('latin1'))).toEqual(
        bytes.map((each) => each.toString('latin1')),
      )
      expect(letters.map(({ key }) => key?.toString())).toEqual(bytes.map(() => stream))
      expect(letters[0]?.headers).toMatchObject({
        from: Buffer.from('elsewhere'),
        'consumer-group': Buffer.from(connection.nameOf(topics.feed('accounts'))),
        'original-offset': Buffer.from('0'),
      })
      const unreadable = [{ topic: connection.nameOf(topics.deadLetters(topic)), messages: bytes.length }]
      expect(await lookAtBrokers(connection, ['accounts'])).toEqual({ unreadable, deserted: [] })
      await consumer.stop()
      const deserted = [connection.nameOf(topics.feed('accounts'))]
      expect(await lookAtBrokers(connection, ['accounts'])).toEqual({ unreadable, deserted })
      await sender.close()
    },
    LONG_MS,
  )
})

describe('an event of the greatest size', () => {
  it(
    'is published, and those behind it',
    async () => {
      const connection = await connect()
      const publishing = relay(connection)
      const seen: number[] = []
      const consumer = await serveEvents(connection, (events) => {
        seen.push(...events.map(({ data }) => (data as { step: number }).step))
        return Promise.resolve()
      })
      const stream = `kit-${derivedId('stream', 'great')}`
      const { now, organizationId: _, correlationId: __, ...metadata } = testMetadata()
      const kept = [
        { step: 1, filler: '' },
        { ...metadata, occurredAt: now },
      ]
      const room = APPEND_BYTES_MAX - kept.reduce((bytes, part) => bytes + JSON.stringify(part).length, 0)
      await publishing.record(stream, [{ type: 'KitHappened', data: { step: 1, filler: 'x'.repeat(room) } }])
      await publishing.record(stream, [KitHappened({ step: 2 })])
      await eventually(() => expect(seen).toEqual([1, 2]))
      await consumer.stop()
      await publishing.stop()
    },
    LONG_MS,
  )
})

describe('a request that waits for its reply', () => {
  it('gets the real one after others that are none', async () => {
    const connection = await connect()
    const outgoing = new OutgoingMessages(connection, quiet)
    const inbox = new ReplyInbox(connection, outgoing, sealOfTest(), quiet)
    await inbox.open()
    const reply = inbox.expect('asked', PATIENCE_MS, 'a question')
    const headers = { to: inbox.address, 'request-id': 'asked' }
    const sealed = (body: unknown, requestId = 'asked') => sealOfTest().seal(body, { topic: topics.replies, requestId })
    const answer = { kind: 'value', value: 'the answer' }
    const none = [
      'garbage{',
      JSON.stringify(answer),
      sealed(answer, 'another'),
      sealed(null),
      sealed({ kind: 'failure' }),
    ]
    for (const value of [...none, sealed(answer)]) {
      await outgoing.send({ topic: topics.replies, key: inbox.address, value, headers })
    }
    expect(await reply).toEqual(answer)
    await inbox.close()
    await outgoing.close()
  })
})
