// One PostgreSQL for all integration suites of a run, in a temporary folder: see createTestDatabase of libs/testing.
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../build.mjs'

const FOLDER_PREFIX = 'billstream-test-'
const require = createRequire(import.meta.url)

export default async function setup() {
  // The Kafka suites start it too.
  if (globalThis.stopTestPostgres !== undefined) return
  // End-to-end suites start what is compiled, so that is never older than the sources.
  const { failures } = await build()
  for (const failure of failures) console.error(failure)
  const { startEmbeddedServer } = require('../../dist/libs/embedded-server/index.js')
  await removeLeftovers(startEmbeddedServer)
  const dataDir = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`))
  const server = await startEmbeddedServer({ dataDir, log: console.log, settings: { max_connections: '300' } })
  process.env.BILLSTREAM_TEST_POSTGRES = server.connectionString
  globalThis.stopTestPostgres = async () => {
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** A run that was killed leaves its server behind: it is taken over, stopped and removed. */
async function removeLeftovers(startEmbeddedServer) {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX) || isAlive(Number.parseInt(name.slice(FOLDER_PREFIX.length), 10))) continue
    const dataDir = join(tmpdir(), name)
    // A leftover that cannot be taken over, such as another user's, must not stop this run.
    const server = await startEmbeddedServer({ dataDir, log: () => {} }).catch(() => undefined)
    await server?.stop()
    await rm(dataDir, { recursive: true, force: true }).catch(() => {})
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
