import { openReply, REPLY_BYTES_MAX, ReplyTooLarge, type ReplyEnvelope } from '@billstream/messaging'
import { connect, quiet, sealOfTest } from '../test/kafka-under-test'
import { header } from './connection/message-headers'
import { OutgoingMessages } from './sending/outgoing-messages'
import { ReplyInbox } from './sending/reply-inbox'
import { ReplySender } from './sending/reply-sender'

const PATIENCE_MS = 60_000
const LONG_MS = 180_000

const valueOf = (value: string): ReplyEnvelope => ({ kind: 'value', value })
const large = (letter: string) => valueOf(letter.repeat(3_500_000))

describe('a process that waits for replies', () => {
  const opened: { close(): Promise<void> }[] = []
  let inbox: ReplyInbox
  let [one, other]: ReplySender[] = []
  const to = (requestId: string) => ({ [header.replyTo]: inbox.address, [header.requestId]: requestId })
  const expected = (requestId: string) => inbox.expect(requestId, PATIENCE_MS, 'a question')

  beforeAll(async () => {
    const connection = await connect()
    const outgoing = () => {
      const made = new OutgoingMessages(connection, quiet)
      opened.push(made)
      return made
    }
    inbox = new ReplyInbox(connection, outgoing(), sealOfTest(), quiet)
    opened.push(inbox)
    await inbox.open()
    ;[one, other] = [outgoing(), outgoing()].map((each) => new ReplySender(each, sealOfTest(), quiet))
  }, LONG_MS)
  afterAll(async () => {
    for (const each of opened.reverse()) await each.close()
  })

  it(
    'is told that one is beyond the bound of all replies, and gets the next',
    async () => {
      const [first, second] = [expected('too much'), expected('enough')]
      await one?.send(to('too much'), valueOf('x'.repeat(REPLY_BYTES_MAX)))
      await one?.send(to('enough'), valueOf('x'))
      const answer = await first
      expect(() => openReply(answer)).toThrow(ReplyTooLarge)
      expect(await second).toEqual(valueOf('x'))
    },
    LONG_MS,
  )

  it(
    'gets one of two answers whole that come at once, after one for which it waits no more',
    async () => {
      await one?.send(to('given up'), large('x'))
      const reply = expected('asked')
      await Promise.all([one?.send(to('asked'), large('a')), other?.send(to('asked'), large('b'))])
      const answer = JSON.stringify(await reply)
      // A difference within millions of letters is not worth printing.
      expect(['a', 'b'].some((letter) => JSON.stringify(large(letter)) === answer)).toBe(true)
    },
    LONG_MS,
  )
})
