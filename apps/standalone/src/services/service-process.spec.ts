import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ServiceProcess } from './service-process'
import { watchProcesses } from './watch-processes'

const PATIENCE_MS = 60_000
/** A program that listens where it is told and says so, as every service does; a request to it ends it. */
const PROGRAM = `
  const server = require('node:http').createServer(() => process.exit(9))
  server.listen(Number(process.env.PORT), '127.0.0.1', () =>
    process.send({ kind: 'ready', name: 'sample', address: 'http://127.0.0.1:' + server.address().port }))
  process.on('SIGTERM', () => process.exit(0))`

describe('a service that ends by itself', () => {
  const folder = mkdtempSync(join(tmpdir(), 'billstream-service-'))
  const main = join(folder, 'main.js')
  const said: string[] = []
  const watch = watchProcesses(0)
  let service: ServiceProcess

  beforeAll(() => {
    writeFileSync(main, PROGRAM)
    service = new ServiceProcess({
      ...{ name: 'sample', main, environment: { PATH: process.env['PATH'], PORT: '0' }, drainMs: 0 },
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      watch,
      say: (line) => said.push(line),
    })
  })
  afterAll(async () => {
    await service.stop()
    watch.callOff()
    rmSync(folder, { recursive: true })
  })

  it(
    'is started again where its clients know it, also where the port was left to the system',
    async () => {
      const address = await service.start()
      await fetch(address).catch(() => undefined)
      await untilSaid(said, /ended with 9/)
      // The next one answers, by ending, at the same place.
      await untilSaid(said, /pid/, 2)
      await untilRefusedNoMore(address)
      await untilSaid(said, /ended with 9/, 2)
    },
    PATIENCE_MS,
  )
})

async function untilSaid(said: readonly string[], what: RegExp, times = 1): Promise<void> {
  while (said.filter((line) => what.test(line)).length < times) await pause()
}

/** Resolves when somebody has taken the request, even if only to hang up. */
async function untilRefusedNoMore(address: string): Promise<void> {
  for (;;) {
    const failure: unknown = await fetch(address).catch((error: unknown) => (error as Error).cause)
    if ((failure as { code?: string }).code !== 'ECONNREFUSED') return
    await pause()
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20))
}
