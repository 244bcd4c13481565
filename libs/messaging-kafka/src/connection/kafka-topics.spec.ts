import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Kafka, logLevel } from 'kafkajs'
import { BrokerUnavailable } from '@billstream/event-sourcing-runtime'
import { ensureTopics } from './kafka-topics'

/** As the platform's client, but sooner at its end: its second look takes the first connection for a broker. */
const PATIENCE = {
  ...{ connectionTimeout: 1_000, requestTimeout: 50, enforceRequestTimeout: true },
  retry: { initialRetryTime: 5, maxRetryTime: 10, retries: 5 },
}

describe('topics at an address where something listens', () => {
  let listener: Server
  const open = new Set<Socket>()

  afterEach(() => {
    for (const socket of open) socket.destroy()
    listener.close()
  })

  async function connectionTo(behaviour: (socket: Socket) => void) {
    listener = createServer((socket) => {
      open.add(socket)
      socket.on('error', () => undefined)
      behaviour(socket)
    })
    await new Promise<void>((listening) => listener.listen(0, '127.0.0.1', listening))
    const brokers = [`127.0.0.1:${(listener.address() as AddressInfo).port}`]
    const kafka = new Kafka({ brokers, logLevel: logLevel.NOTHING, ...PATIENCE })
    const named = { nameOf: (topic: string) => topic, topicOf: (name: string) => name }
    return { kafka, ...named, replyLane: 'services' as const }
  }

  it.each([
    ['takes connections and never answers', (socket: Socket) => void socket.resume()],
    ['ends every connection', (socket: Socket) => void socket.destroy()],
  ])('that %s are not made: no broker is there', async (_what, behaviour) => {
    const connection = await connectionTo(behaviour)
    await expect(ensureTopics(connection, { partitions: 1, replicationFactor: 1 })).rejects.toThrow(BrokerUnavailable)
  })
})
