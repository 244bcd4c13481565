import { connect as connectTo, createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Kafka, logLevel } from 'kafkajs'
import { testBroker } from '@billstream/testing'
import { AdminClient } from './connection/admin-client'

/** A way to the broker that is closed until it is opened. */
async function closedWay() {
  const [host = '', port = ''] = testBroker().split(':')
  const way = createServer((socket) => {
    const onward = connectTo(Number(port), host)
    socket.pipe(onward).pipe(socket)
    for (const each of [socket, onward]) each.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => way.listen(0, '127.0.0.1', resolve))
  const { port: own } = way.address() as AddressInfo
  await new Promise((resolve) => way.close(resolve))
  return {
    brokers: [`127.0.0.1:${own}`],
    open: () => new Promise<void>((resolve) => way.listen(own, '127.0.0.1', resolve)),
    close: () => way.close(),
  }
}

describe('an admin client whose first connection failed', () => {
  it('connects when it is needed again', async () => {
    const way = await closedWay()
    const kafka = new Kafka({ brokers: way.brokers, logLevel: logLevel.NOTHING, retry: { retries: 0 } })
    const client = new AdminClient(kafka)
    await expect(client.connected()).rejects.toThrow()
    await way.open()
    const admin = await client.connected()
    expect((await admin.describeCluster()).brokers).toHaveLength(1)
    await client.close()
    way.close()
  })
})
