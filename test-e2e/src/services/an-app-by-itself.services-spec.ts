import { createTestDatabase, testBroker, uniqueName, type TestDatabase } from '@billstream/testing'
import { eventually } from '../support/api'
import { ProgramProcess } from '../support/program-process'
import { freePorts } from '../support/services-process'

const APPS = ['accounts', 'checkout', 'gateway', 'invoicing', 'projector', 'subscriptions', 'usage', 'webhooks']
const PATIENCE_MS = 120_000
/** Nobody listens there. */
const NO_BROKER = '127.0.0.1:9'

const health = async (address: string, path: string) => (await fetch(`${address}/health/${path}`)).status

describe('an app by itself', () => {
  let database: TestDatabase
  const started: ProgramProcess[] = []

  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(async () => {
    await Promise.all(started.map((program) => program.end('SIGKILL')))
    await database.drop()
  })

  const settings = (more: Record<string, string> = {}): Record<string, string> => ({
    KAFKA_BROKERS: testBroker(),
    KAFKA_TOPIC_PREFIX: uniqueName('alone'),
    DATABASE_URL: database.connectionString,
    SERVER_SECRET: 'the server secret of an app that starts by itself',
    ADMIN_SECRET: 'the admin secret of an app that starts by itself',
    PORT: '0',
    ...more,
  })

  const spawn = (app: string, environment: Record<string, string>) => {
    const program = ProgramProcess.spawn({ main: `${app}/main.js`, environment })
    started.push(program)
    return program
  }

  const addressOf = (program: ProgramProcess) => program.untilPrinted(/ready \(pid \d+, (http:\/\/[^/]+)/)

  it.each(APPS)(
    'names every setting that %s misses',
    async (app) => {
      const { code, printed } = await ProgramProcess.run({ main: `${app}/main.js`, environment: {} })
      expect(code).toBe(1)
      for (const name of ['KAFKA_BROKERS', 'DATABASE_URL', 'SERVER_SECRET']) expect(printed).toContain(`${name}: `)
      expect(printed).not.toContain('    at ')
    },
    PATIENCE_MS,
  )

  it.each(APPS)(
    '%s is live and ready, and ends in order on SIGTERM',
    async (app) => {
      const program = spawn(app, settings())
      const address = await addressOf(program)
      await eventually(async () => {
        expect([await health(address, 'live'), await health(address, 'ready')]).toEqual([200, 200])
      })
      expect(await program.end('SIGTERM')).toBe(0)
    },
    PATIENCE_MS,
  )

  it(
    'says that no broker answers, and where it looked',
    async () => {
      const environment = settings({ KAFKA_BROKERS: NO_BROKER })
      const { code, printed } = await ProgramProcess.run({ main: 'usage/main.js', environment })
      expect(code).toBe(1)
      expect(printed).toMatch(new RegExp(`^KAFKA_BROKERS: no broker answers at ${NO_BROKER}`))
    },
    PATIENCE_MS,
  )

  it(
    'says that the brokers refuse its login',
    async () => {
      const login = { KAFKA_SASL_MECHANISM: 'plain', KAFKA_SASL_USERNAME: 'me', KAFKA_SASL_PASSWORD: 'guessed' }
      const { code, printed } = await ProgramProcess.run({ main: 'usage/main.js', environment: settings(login) })
      expect(code).toBe(1)
      expect(printed).toMatch(
        /^KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD: the login at \S+ is refused/,
      )
      expect(printed).not.toContain('guessed')
    },
    PATIENCE_MS,
  )

  it.each([...APPS, 'projector/migrate'])(
    'says in one line that %s cannot reach the database',
    async (app) => {
      const environment = settings({ DATABASE_URL: 'postgresql://me:guessed@127.0.0.1:1/nowhere' })
      const main = app.includes('/') ? `${app}.main.js` : `${app}/main.js`
      const { code, printed } = await ProgramProcess.run({ main, environment })
      expect(code).toBe(1)
      expect(printed).toMatch(/^DATABASE_URL: PostgreSQL at 127\.0\.0\.1:1 cannot be used: .*ECONNREFUSED.*\n$/)
    },
    PATIENCE_MS,
  )

  it.each([
    ['usage', 'HEALTH_PORT'],
    ['projector', 'HEALTH_PORT'],
    ['gateway', 'PORT'],
  ])(
    'says that the port of %s is taken, and which setting leads there',
    async (app, name) => {
      const taken = new URL(process.env['BILLSTREAM_TEST_SERVICES'] ?? '').port
      const environment = settings({ [name]: taken })
      const { code, printed } = await ProgramProcess.run({ main: `${app}/main.js`, environment })
      expect(code).toBe(1)
      // The gateway's framework logs the failure too, in a structured line.
      const [line] = printed.trim().split('\n').slice(-1)
      expect(line).toBe(`${name}: 127.0.0.1:${taken} is taken by another program; choose another ${name}.`)
      expect(printed).not.toContain('    at ')
    },
    PATIENCE_MS,
  )

  it(
    'that does not migrate waits, live but not ready, until somebody else has',
    async () => {
      const fresh = await createTestDatabase()
      try {
        const own = settings({
          DATABASE_URL: fresh.connectionString,
          MIGRATE: 'off',
          HEALTH_PORT: String(await freePorts(1)),
        })
        const program = spawn('usage', own)
        const address = `http://127.0.0.1:${own['HEALTH_PORT']}`
        await program.untilPrinted(/(Waiting until the migrations have run)/)
        expect([await health(address, 'live'), await health(address, 'ready')]).toEqual([200, 503])
        const migrated = await ProgramProcess.run({ main: 'projector/migrate.main.js', environment: own })
        expect([migrated.code, migrated.printed]).toEqual([0, expect.stringContaining('store')])
        await addressOf(program)
        await eventually(async () => expect(await health(address, 'ready')).toBe(200))
        expect(await program.end('SIGTERM')).toBe(0)
      } finally {
        await fresh.drop()
      }
    },
    PATIENCE_MS,
  )
})
