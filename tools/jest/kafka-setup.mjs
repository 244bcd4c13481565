// One Kafka broker for all suites of a run that want one, beside the PostgreSQL: see testBroker of libs/testing.
import { createRequire } from 'node:module'
import startPostgres from './postgres-setup.mjs'

const { startBroker } = createRequire(import.meta.url)('../kafka/broker.cjs')

export default async function setup() {
  await startPostgres()
  // The services start it too.
  if (globalThis.stopTestKafka !== undefined) return
  const broker = await startBroker({ log: console.log })
  process.env.BILLSTREAM_TEST_KAFKA = broker.brokers
  globalThis.stopTestKafka = () => broker.stop()
}
