import type { KafkaConnection } from '../connection/kafka-client'
import { OutgoingMessages, type OutgoingMessage } from './outgoing-messages'

const MEGABYTE = 1_000_000
const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

interface Batch {
  readonly topicMessages: readonly { readonly messages: readonly unknown[] }[]
}

/** Brokers that take everything; `requests`: messages of each produce request. */
function given() {
  const requests: number[] = []
  const sendBatch = ({ topicMessages }: Batch) => {
    requests.push(topicMessages.reduce((sum, { messages }) => sum + messages.length, 0))
    return Promise.resolve([])
  }
  const nothing = () => Promise.resolve()
  const producer = { connect: nothing, disconnect: nothing, sendBatch }
  const connection = { kafka: { producer: () => producer }, nameOf: (topic: string) => topic }
  return { requests, outgoing: new OutgoingMessages(connection as unknown as KafkaConnection, log) }
}

const message = (more: Partial<OutgoingMessage>): OutgoingMessage => ({ topic: 't', value: '', headers: {}, ...more })

describe('messages on their way out', () => {
  it('count with their keys, values and headers, in bytes, until they are sent', async () => {
    const { outgoing } = given()
    const sent = [
      outgoing.send(message({ key: 'ä', value: '12345', headers: { id: '123', each: ['1', Buffer.from('22')] } })),
      outgoing.send(message({ value: Buffer.from('€') })),
    ]
    expect(outgoing.unsentBytes).toBe(2 + 5 + ('id'.length + 3) + ('each'.length + 1) + ('each'.length + 2) + 3)
    await Promise.all(sent)
    expect(outgoing.unsentBytes).toBe(0)
  })

  it('go in requests that are no larger than the brokers take, headers included', async () => {
    const { outgoing, requests } = given()
    const half = message({ value: 'v', headers: { h: 'x'.repeat(MEGABYTE / 2) } })
    await Promise.all([half, half, half].map((each) => outgoing.send(each)))
    expect(requests).toEqual([1, 1, 1])
  })

  it('are refused where too many wait, also when nothing but their headers is large', async () => {
    const { outgoing } = given()
    const large = message({ headers: { h: 'x'.repeat(40 * MEGABYTE) } })
    const first = outgoing.send(large)
    await expect(outgoing.send(large)).rejects.toThrow('wait for the brokers already')
    await first
  })
})
