// One Kafka broker for all Kafka suites of a run, beside the PostgreSQL of the integration suites: see testBroker of libs/testing.
import { createRequire } from 'node:module'
import startPostgres from './postgres-setup.mjs'

const { startBroker } = createRequire(import.meta.url)('../kafka/broker.cjs')

export default async function setup() {
  await startPostgres()
  const broker = await startBroker({ log: console.log })
  process.env.BILLSTREAM_TEST_KAFKA = broker.brokers
  globalThis.stopTestKafka = () => broker.stop()
}
