import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { Api, eventually } from './support/api'
import { PlatformProcess } from './support/platform-process'

const MAIN = resolve(__dirname, '../../dist/apps/standalone/main.js')

describe('the platform of one machine', () => {
  let platform: PlatformProcess
  let api: Api
  let written = 0
  const write = async () => {
    await api.create('/v1/customers/', { external_id: `customer-${written + 1}`, name: 'Kept' })
    written += 1
  }
  const kept = async () => (await api.get('/v1/customers/?limit=1')).headers.get('x-total-count')

  beforeAll(async () => {
    platform = await PlatformProcess.start()
    api = new Api(() => platform.address, platform.demoKey)
  }, 90_000)
  afterAll(() => platform.dispose())
  beforeEach(() => write())

  it('says where it is, where its documents are, and how to try it', () => {
    expect(platform.printed).toContain(`${platform.address}/docs`)
    expect(platform.printed).toContain(platform.demoKey)
    expect(platform.printed).toContain('curl')
  })

  it('is live and ready without a credential', async () => {
    for (const path of ['/health/live', '/health/ready'])
      expect((await fetch(`${platform.address}${path}`)).status).toBe(200)
  })

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops cleanly on %s, the database last, and keeps what was written',
    async (signal) => {
      const database = platform.databasePid
      expect(await platform.stop(signal)).toBe(0)
      expect(isAlive(database)).toBe(false)
      await platform.boot()
      expect(await kept()).toBe(String(written))
    },
    60_000,
  )

  it('stops cleanly when the signal reaches the database first', async () => {
    process.kill(platform.databasePid, 'SIGINT')
    expect(await platform.stop()).toBe(0)
    await platform.boot()
    expect(await kept()).toBe(String(written))
  }, 60_000)

  it('adopts the database that outlived a kill -9', async () => {
    const database = platform.databasePid
    await platform.kill()
    expect(isAlive(database)).toBe(true)
    await platform.boot()
    expect(platform.databasePid).toBe(database)
    expect(await kept()).toBe(String(written))
  }, 60_000)

  it('goes on when only the database was killed', async () => {
    process.kill(platform.databasePid, 'SIGKILL')
    await eventually(async () => expect((await api.get('/v1/customers/?limit=1')).status).toBe(200))
    await eventually(write)
    expect(await kept()).toBe(String(written))
  }, 60_000)

  it('starts at once after a kill -9 of everything', async () => {
    const database = platform.databasePid
    await platform.kill()
    process.kill(database, 'SIGKILL')
    await platform.boot()
    expect(await kept()).toBe(String(written))
  }, 90_000)

  it('refuses a second start on the same data folder', () => {
    const second = run({ DATA_DIR: platform.dataDir, PORT: '0' })
    expect(second.status).toBe(1)
    expect(second.stderr).toMatch(/in use|already/i)
  })

  it('says which setting is wrong', async () => {
    expect(run({ PORT: 'http' }).stderr).toContain('PORT')
    expect(run({ KAFKA_BROKERS: 'localhost:9092' }).stderr).toContain('npm run services')
    expect(run({ HOST: '0.0.0.0' }).stderr).toContain('ADMIN_SECRET')
  })

  it('says that the port is taken', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const port = String((other.address() as AddressInfo).port)
    const taken = await PlatformProcess.start({ PORT: port }).catch((error: Error) => error.message)
    other.close()
    expect(taken).toContain(`${port} is taken`)
  }, 60_000)
})

function run(environment: Record<string, string>) {
  const { status, stderr } = spawnSync(process.execPath, [MAIN], {
    env: { PATH: process.env['PATH'], ...environment },
    timeout: 60_000,
    encoding: 'utf8',
  })
  return { status, stderr }
}

/** One that has ended but was not yet waited for by its parent is no longer alive. */
function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)
    if (state?.startsWith('Z')) return false
  } catch {
    // No such file: the process is gone, or this system has none.
  }
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
