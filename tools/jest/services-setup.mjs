// One cluster of services for all files of a run, beside the broker: see startPlatform of test-e2e.
import { createRequire } from 'node:module'
import startKafka from './kafka-setup.mjs'

const require = createRequire(import.meta.url)

export default async function setup() {
  await startKafka()
  // Jest compiles what a setup requires.
  const { ServicesProcess } = require('../../test-e2e/src/support/services-process.ts')
  const services = await ServicesProcess.start({
    brokers: process.env.BILLSTREAM_TEST_KAFKA,
    replicas: Number(process.env.SERVICES_REPLICAS ?? 1),
  })
  process.env.BILLSTREAM_TEST_SERVICES = services.address
  globalThis.stopTestServices = () => services.dispose()
}
