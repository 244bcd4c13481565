import { isAlive, testBroker, uniqueName } from '@billstream/testing'
import { eventually, type Api } from '../support/api'
import { DataFolder } from '../support/data-folder'
import { createOrganization } from '../support/organizations'
import { startServices } from '../support/platform'
import { ProgramProcess } from '../support/program-process'
import type { ServicesProcess } from '../support/services-process'

const APPS = ['accounts', 'checkout', 'gateway', 'invoicing', 'projector', 'subscriptions', 'usage', 'webhooks']
/** Nobody listens there. */
const NO_BROKER = '127.0.0.1:9'
const PATIENCE_MS = 180_000

describe('the services of one machine', () => {
  let services: ServicesProcess
  let api: Api
  let written = 0
  const write = async () => {
    const externalId = `customer-${written + 1}`
    await api.create('/v1/customers/', { external_id: externalId, name: 'Kept' }, externalId)
    written += 1
  }
  const expectAllKept = async () =>
    expect((await api.get('/v1/customers/?limit=1')).headers.get('x-total-count')).toBe(String(written))
  /** What a break of the connection leaves open is answered by the next try. */
  const writeAgain = () => eventually(write, PATIENCE_MS)
  const alive = (pids: readonly number[]) => pids.filter(isAlive)

  beforeAll(async () => {
    services = await startServices()
    api = (await createOrganization(services, 'Started')).api
    await write()
  }, PATIENCE_MS)
  afterAll(() => services.dispose(), PATIENCE_MS)

  it('say where they are, and one line per process with its pid', () => {
    expect(services.printed).toContain(`${services.address}/docs`)
    expect(services.printed).toContain(services.folder.demoKey)
    expect([...services.pids.keys()].sort()).toEqual(APPS.map((app) => `${app}-1`))
    expect(alive([...services.pids.values()])).toHaveLength(APPS.length)
  })

  it('are live and ready without a credential', async () => {
    for (const path of ['/health/live', '/health/ready'])
      expect((await fetch(`${services.address}${path}`)).status).toBe(200)
  })

  it.each(['accounts-1', 'gateway-1', 'projector-1'])(
    'go on when %s is killed: it is started again',
    async (name) => {
      const killed = services.pidOf(name)
      await services.kill(name)
      expect(services.pidOf(name)).not.toBe(killed)
      expect(services.printed).toContain(`${name} ended with SIGKILL and is started again`)
      await writeAgain()
      await eventually(expectAllKept)
    },
    PATIENCE_MS,
  )

  it(
    'go on when the database is killed',
    async () => {
      process.kill(services.folder.databasePid, 'SIGKILL')
      await writeAgain()
      await eventually(expectAllKept)
    },
    PATIENCE_MS,
  )

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stop all on %s, the database last, and keep what was written',
    async (signal) => {
      const [pids, database] = [[...services.pids.values()], services.folder.databasePid]
      const stopping = { done: false }
      const stopped = services.stop(signal).finally(() => (stopping.done = true))
      while (!stopping.done) {
        // In this order: one that ends between the two looks does not count.
        const databaseIsAlive = isAlive(database)
        if (!databaseIsAlive) expect(alive(pids)).toEqual([])
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
      expect(await stopped).toBe(0)
      expect(alive([...pids, database])).toEqual([])
      await services.boot()
      await expectAllKept()
    },
    PATIENCE_MS,
  )

  it(
    'end when their supervisor is killed, and their database too; the next one has what was written',
    async () => {
      const pids = [...services.pids.values(), services.folder.databasePid]
      await services.stop('SIGKILL')
      await eventually(() => Promise.resolve(expect(alive(pids)).toEqual([])))
      await services.boot()
      await expectAllKept()
    },
    PATIENCE_MS,
  )

  it(
    'are as many as --replicas says, each gateway on a port of its own',
    async () => {
      await services.stop()
      await services.boot(2)
      expect([...services.pids.keys()].sort()).toEqual(APPS.flatMap((app) => [`${app}-1`, `${app}-2`]))
      for (const address of services.addresses(2)) expect((await fetch(`${address}/health/ready`)).status).toBe(200)
      await write()
      await expectAllKept()
    },
    PATIENCE_MS,
  )

  it.each([
    ['SIGINT', 'the database', (folder: DataFolder) => folder.databasePid > 0],
    ['SIGTERM', 'the processes', (_: DataFolder, printed: string) => /^usage-1 pid/m.test(printed)],
  ] as const)(
    'stop all on %s while they start %s',
    async (signal, _, isThere) => {
      const folder = new DataFolder()
      const program = spawn(['--kafka', testBroker()], { DATA_DIR: folder.path, PORT: '0', ...ownTopics() })
      await eventually(() => Promise.resolve(expect(isThere(folder, program.printed)).toBe(true)), PATIENCE_MS)
      const database = folder.databasePid
      expect(await program.end(signal)).toBe(0)
      const pids = [...program.printed.matchAll(/^\S+ pid (\d+)$/gm)].map(([, pid]) => Number(pid))
      expect(alive([...pids, database])).toEqual([])
      folder.remove()
    },
    PATIENCE_MS,
  )

  it(
    'end also when their supervisor is killed while they start',
    async () => {
      const folder = new DataFolder()
      const program = spawn(['--kafka', testBroker()], { DATA_DIR: folder.path, PORT: '0', ...ownTopics() })
      await program.untilPrinted(/^(usage-1) pid/m)
      const database = folder.databasePid
      await program.end('SIGKILL')
      const pids = [...program.printed.matchAll(/^\S+ pid (\d+)$/gm)].map(([, pid]) => Number(pid))
      await eventually(() => Promise.resolve(expect(alive([...pids, database])).toEqual([])), PATIENCE_MS)
      folder.remove()
    },
    PATIENCE_MS,
  )

  it(
    'refuse a second start on the same data folder',
    async () => {
      const second = await run(['--kafka', NO_BROKER], { DATA_DIR: services.folder.path, PORT: '0' })
      expect(second.code).toBe(1)
      expect(second.printed).toMatch(/in use|already/i)
    },
    PATIENCE_MS,
  )

  it(
    'say that no broker answers, and where they looked',
    async () => {
      const folder = new DataFolder()
      const { code, printed } = await run(['--kafka', NO_BROKER], { DATA_DIR: folder.path, PORT: '0' })
      folder.remove()
      expect([code, printed]).toEqual([1, expect.stringContaining(`KAFKA_BROKERS: no broker answers at ${NO_BROKER}`)])
    },
    PATIENCE_MS,
  )

  it(
    'say before a process is started that the port is taken',
    async () => {
      const folder = new DataFolder()
      const { port } = new URL(services.address)
      const { code, printed } = await run(['--kafka', NO_BROKER], { DATA_DIR: folder.path, PORT: port })
      expect([code, printed]).toEqual([
        1,
        `PORT: 127.0.0.1:${port} is taken by another program; choose another PORT.\n`,
      ])
      folder.remove()
    },
    PATIENCE_MS,
  )

  it(
    'say in one line that the database is out of reach',
    async () => {
      const folder = new DataFolder()
      const environment = {
        DATA_DIR: folder.path,
        PORT: '0',
        DATABASE_URL: 'postgresql://me:guessed@127.0.0.1:1/nowhere',
      }
      const { code, printed } = await run(['--kafka', NO_BROKER], environment)
      expect(code).toBe(1)
      expect(printed).toMatch(/^DATABASE_URL: PostgreSQL at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED.*\n$/)
      folder.remove()
    },
    PATIENCE_MS,
  )

  it('say how they are used', async () => {
    const { code, printed } = await run(['--help'], {})
    expect([code, printed]).toEqual([0, expect.stringContaining('--replicas N')])
  })

  it(
    'say which setting is wrong',
    async () => {
      const cases: [options: string[], environment: Record<string, string>, names: string][] = [
        [[], {}, 'KAFKA_BROKERS'],
        [['--kafka', 'nowhere'], {}, 'KAFKA_BROKERS'],
        [['--kafka', NO_BROKER, '--replicas', '0'], {}, '--replicas'],
        [['--kafka', NO_BROKER, '--replicas', '3'], { PORT: '65535' }, 'PORT'],
        [['--kafka', NO_BROKER], { PORT: 'http' }, 'PORT'],
        [['--kafka', NO_BROKER], { HOST: '0.0.0.0' }, 'ADMIN_SECRET'],
        [['--kafak', NO_BROKER], {}, '--kafak'],
      ]
      const outcomes = await Promise.all(cases.map(([options, environment]) => run(options, environment)))
      expect(outcomes.map(({ code }) => code)).toEqual(cases.map(() => 1))
      expect(outcomes.map(({ printed }) => printed)).toEqual(
        cases.map(([, , name]) => expect.stringContaining(name) as string),
      )
    },
    PATIENCE_MS,
  )
})

function spawn(options: readonly string[], environment: Record<string, string>) {
  return ProgramProcess.spawn({ main: 'standalone/services.main.js', options, environment })
}

const ownTopics = () => ({ KAFKA_TOPIC_PREFIX: uniqueName('starting') })

function run(options: readonly string[], environment: Record<string, string>) {
  return ProgramProcess.run({ main: 'standalone/services.main.js', options, environment })
}
