/** Run by every kind of project that has started the server; the first one stops it. */
export default async function teardown() {
  const stop = globalThis.stopTestPostgres
  globalThis.stopTestPostgres = undefined
  await stop?.()
}
