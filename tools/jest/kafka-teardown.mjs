import stopPostgres from './postgres-teardown.mjs'

/** Run by every kind of project that has started the broker; the first one stops it. */
export default async function teardown() {
  const stop = globalThis.stopTestKafka
  globalThis.stopTestKafka = undefined
  await stop?.()
  await stopPostgres()
}
