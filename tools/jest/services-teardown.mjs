import stopKafka from './kafka-teardown.mjs'

export default async function teardown() {
  await globalThis.stopTestServices?.()
  await stopKafka()
}
