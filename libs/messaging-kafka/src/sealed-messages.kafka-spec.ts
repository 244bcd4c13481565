import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { topics } from '@billstream/messaging'
import { KitCommand, KitQuery } from '@billstream/messaging/conformance'
import { connect, openSender, serve, type Sender, type ServiceUnderTest } from '../test/kafka-under-test'
import { keptLettersOf, messagesOf } from '../test/letters'
import { header } from './connection/message-headers'
import type { KafkaConnection } from './connection/kafka-client'

const SECRET = 'whsec_of the organization'
const [commands, queries] = [topics.commands('accounts'), topics.queries('accounts')]

describe('a secret in a command, a query and their replies', () => {
  let connection: KafkaConnection
  let [sender, service]: [Sender?, ServiceUnderTest?] = []
  const handled: string[] = []
  const change = (filler: string) =>
    sender?.bus.send(KitCommand, KitCommand({ id: 'a', step: 1, filler }, testMetadata()))

  beforeAll(async () => {
    connection = await connect()
    sender = await openSender(connection)
    service = await serve(
      connection,
      {
        command: ({ data }) => {
          const { filler = '' } = data as { filler?: string }
          handled.push(filler)
          return Promise.resolve({ ok: true, value: { id: filler, events: [] }, position: 1n })
        },
        query: ({ data }) => Promise.resolve({ answer: (data as { question: string }).question }),
      },
      [],
    )
  })
  afterAll(async () => {
    await service?.stop()
    await sender?.close()
  })
  beforeEach(() => void handled.splice(0))

  it('reaches its handler and comes back, but lies in no topic', async () => {
    expect(await change(SECRET)).toMatchObject({ value: { id: SECRET } })
    expect(await sender?.bus.ask(KitQuery, { question: SECRET }, testMetadata())).toEqual({ answer: SECRET })
    expect(handled).toEqual([SECRET])
    for (const [topic, count] of [
      [commands, 1],
      [queries, 1],
      [topics.replies, 2],
    ] as const) {
      const values = (await messagesOf(connection, topic, count)).map(({ value }) => value?.toString('latin1'))
      expect(values.join()).not.toMatch(/whsec|KitCommand|KitQuery/)
    }
  })

  it('is not taken from whoever does not know the platform’s own, nor from another message, and those behind go on', async () => {
    await change('genuine')
    const [copied] = (await messagesOf(connection, commands, 2)).slice(-1)
    const foreign = [
      Buffer.from(JSON.stringify(KitCommand({ id: 'a', step: 1, filler: 'forged' }, testMetadata()))),
      copied?.value ?? Buffer.alloc(0),
    ]
    const headers = { [header.requestId]: 'another' }
    for (const value of foreign) await sender?.outgoing.send({ topic: commands, key: 'kit-a', value, headers })
    expect(await change('next')).toMatchObject({ ok: true })
    expect(handled).toEqual(['genuine', 'next'])
    const letters = await keptLettersOf(connection, commands, foreign.length)
    expect(letters.map(({ value }) => value?.toString('hex'))).toEqual(foreign.map((each) => each.toString('hex')))
    expect(letters.map(({ headers: kept }) => kept?.['error']?.toString())).toEqual([
      'It is not sealed.',
      expect.stringContaining('SERVER_SECRET'),
    ])
  })
})
