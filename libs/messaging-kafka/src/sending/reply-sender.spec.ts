import { BrokerUnavailable } from '@billstream/event-sourcing-runtime'
import { openReply, REPLY_BYTES_MAX, ReplyTooLarge, topics, type ReplyEnvelope } from '@billstream/messaging'
import { header } from '../connection/message-headers'
import { MessageSeal } from '../sealing/message-seal'
import type { OutgoingMessage, OutgoingMessages } from './outgoing-messages'
import { ReplySender } from './reply-sender'

const seal = new MessageSeal('the secret of the server of this spec')
const request = { [header.replyTo]: 'home', [header.requestId]: 'asked' }
const small: ReplyEnvelope = { kind: 'value', value: 'yes' }
const large: ReplyEnvelope = { kind: 'value', value: 'x'.repeat(2_500_000) }
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** Brokers that answer when they are told to, and the sender before them. */
function atBrokers() {
  const sent: OutgoingMessage[] = []
  const answers: { resolve(): void; reject(error: Error): void }[] = []
  const logged: unknown[] = []
  const send = (message: OutgoingMessage) => {
    sent.push(message)
    return new Promise<void>((resolve, reject) => answers.push({ resolve, reject }))
  }
  const note = (fields: unknown) => void logged.push(fields)
  const log = { info: note, warn: note, error: note }
  const sender = new ReplySender({ send } as unknown as OutgoingMessages, seal, log)
  return { sent, answers, logged, sender }
}

describe('a reply', () => {
  it('to nobody is not sent', async () => {
    const { sender, sent } = atBrokers()
    await sender.send({ [header.requestId]: 'asked' }, small)
    await sender.send({ [header.replyTo]: 'home' }, small)
    expect(sent).toEqual([])
  })

  it('in one message is not waited for', async () => {
    const { sender, sent } = atBrokers()
    await sender.send(request, small)
    expect(sent).toMatchObject([{ topic: topics.replies, key: 'home', headers: { to: 'home', 'request-id': 'asked' } }])
  })

  it('in parts has one of them on its way at a time, and is waited for', async () => {
    const { sender, sent, answers } = atBrokers()
    const sending = sender.send(request, large)
    for (const count of [1, 2, 3]) {
      await turn()
      expect(sent).toHaveLength(count)
      answers.at(-1)?.resolve()
    }
    await sending
    expect(sent.map(({ key, headers }) => [key, headers[header.part]])).toEqual([
      ['home', '1/3'],
      ['home', '2/3'],
      ['home', '3/3'],
    ])
  })

  it('that the brokers do not take is logged, and the rest of it is not sent', async () => {
    const { sender, sent, answers, logged } = atBrokers()
    const sending = sender.send(request, large)
    await turn()
    const away = new BrokerUnavailable('away')
    answers[0]?.reject(away)
    await sending
    expect(sent).toHaveLength(1)
    expect(logged).toEqual([{ err: away, requestId: 'asked', parts: 3 }])
  })

  it.each([
    ['beyond the bound', 'x'.repeat(REPLY_BYTES_MAX), ReplyTooLarge],
    ['that is no JSON', 1n, 'BigInt'],
  ])('%s is logged, and its failure sent instead', async (_, value, failure) => {
    const { sender, sent, logged } = atBrokers()
    await sender.send(request, { kind: 'value', value })
    expect(logged).toMatchObject([{ requestId: 'asked' }])
    const [answer] = sent.map((each) => seal.open(each.value as Buffer, { topic: topics.replies, requestId: 'asked' }))
    expect(() => openReply(answer as ReplyEnvelope)).toThrow(failure)
  })
})
