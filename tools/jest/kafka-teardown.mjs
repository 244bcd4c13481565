import stopPostgres from './postgres-teardown.mjs'

export default async function teardown() {
  await globalThis.stopTestKafka?.()
  await stopPostgres()
}
