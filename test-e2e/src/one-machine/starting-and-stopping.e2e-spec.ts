import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { isAlive } from '@billstream/testing'
import { Api, eventually } from '../support/api'
import { DataFolder } from '../support/data-folder'
import { PlatformProcess } from '../support/platform-process'
import { ProgramProcess } from '../support/program-process'

describe('the platform of one machine', () => {
  let platform: PlatformProcess
  let api: Api
  let written = 0
  const write = async () => {
    const externalId = `customer-${written + 1}`
    await api.create('/v1/customers/', { external_id: externalId, name: 'Kept' }, externalId)
    written += 1
  }
  const kept = async () => (await api.get('/v1/customers/?limit=1')).headers.get('x-total-count')

  beforeAll(async () => {
    platform = await PlatformProcess.start()
    api = new Api(() => platform.address, platform.folder.demoKey)
  })
  afterAll(() => platform.dispose())
  beforeEach(() => write())

  it('says where it is, where its documents are, and how to try it', () => {
    expect(platform.printed).toContain(`${platform.address}/docs`)
    expect(platform.printed).toContain(platform.folder.demoKey)
    expect(platform.printed).toContain('curl')
  })

  it('is live and ready without a credential', async () => {
    for (const path of ['/health/live', '/health/ready'])
      expect((await fetch(`${platform.address}${path}`)).status).toBe(200)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'stops cleanly on %s, the database last, and keeps what was written',
    async (signal) => {
      const database = platform.folder.databasePid
      expect(await platform.stop(signal)).toBe(0)
      expect(isAlive(database)).toBe(false)
      await platform.boot()
      expect(await kept()).toBe(String(written))
    },
    60_000,
  )

  it('stops cleanly when the signal reaches the database first', async () => {
    process.kill(platform.folder.databasePid, 'SIGINT')
    expect(await platform.stop()).toBe(0)
    await platform.boot()
    expect(await kept()).toBe(String(written))
  })

  it('leaves no database behind after a kill -9, and starts again with what was written', async () => {
    const database = platform.folder.databasePid
    await platform.kill()
    await eventually(() => Promise.resolve(expect(isAlive(database)).toBe(false)))
    await platform.boot()
    expect(await kept()).toBe(String(written))
  })

  it('starts at once after a kill -9', async () => {
    await platform.crash()
    expect(await kept()).toBe(String(written))
  })

  it('goes on when only the database was killed', async () => {
    process.kill(platform.folder.databasePid, 'SIGKILL')
    await eventually(async () => expect((await api.get('/v1/customers/?limit=1')).status).toBe(200))
    await eventually(write)
    expect(await kept()).toBe(String(written))
  })

  it('starts at once after a kill -9 of everything', async () => {
    process.kill(platform.folder.databasePid, 'SIGKILL')
    await platform.crash()
    expect(await kept()).toBe(String(written))
  })

  it.each(['SIGINT', 'SIGTERM'] as const)('stops cleanly on %s while it starts', async (signal) => {
    const folder = new DataFolder()
    const program = ProgramProcess.spawn({
      main: 'standalone/main.js',
      environment: { DATA_DIR: folder.path, PORT: '0' },
    })
    // From then on there is something to leave behind.
    const database = await eventually(() => Promise.resolve(folder.databasePid))
    expect(await program.end(signal)).toBe(0)
    expect(isAlive(database)).toBe(false)
    expect(program.printed).toBe('')
    folder.remove()
  })

  it('refuses a second start on the same data folder', async () => {
    const second = await run({ DATA_DIR: platform.folder.path, PORT: '0' })
    expect(second.code).toBe(1)
    expect(second.printed).toMatch(/in use|already/i)
  })

  it('says which setting is wrong', async () => {
    expect((await run({ PORT: 'http' })).printed).toContain('PORT')
    expect((await run({ KAFKA_BROKERS: 'localhost:9092' })).printed).toContain('npm run services')
    expect((await run({ HOST: '0.0.0.0' })).printed).toContain('ADMIN_SECRET')
  })

  it('says in one line that the database is out of reach', async () => {
    const folder = new DataFolder()
    const outcome = await run({ DATA_DIR: folder.path, DATABASE_URL: 'postgresql://me:guessed@127.0.0.1:1/nowhere' })
    folder.remove()
    expect(outcome.code).toBe(1)
    expect(outcome.printed).toMatch(/^DATABASE_URL: PostgreSQL at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED.*\n$/)
  })

  it('says that the port is taken', async () => {
    const other = createServer()
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done))
    const port = String((other.address() as AddressInfo).port)
    const taken = await PlatformProcess.start({ PORT: port }).catch((error: Error) => error.message)
    other.close()
    expect(taken).toContain(`${port} is taken`)
  })
})

function run(environment: Record<string, string>) {
  return ProgramProcess.run({ main: 'standalone/main.js', environment })
}
