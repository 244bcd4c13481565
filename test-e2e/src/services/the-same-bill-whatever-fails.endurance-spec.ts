import { randomInt } from 'node:crypto'
import { Client } from 'pg'
import { createTestDatabase, startBroker, type Broker, type TestDatabase } from '@billstream/testing'
import { Api, eventually } from '../support/api'
import {
  AFTER_THE_PERIOD,
  expectThePaidMonth,
  setUpLlmCompany,
  untilClockIsReady,
  type LlmCompany,
} from '../support/llm-company'
import { batchesOf, llmCalls, usageOf } from '../support/llm-trace'
import { createOrganization } from '../support/organizations'
import { seeded, shuffled } from '../support/seeded'
import { ServicesProcess } from '../support/services-process'
import { WebhookReceiver } from '../support/webhook-receiver'

const REPLICAS = 2
const CALLERS = 4
const VICTIMS = ['gateway', 'usage', 'invoicing', 'checkout', 'webhooks', 'projector']
/** Long enough for every client to lose its connections and its groups, in milliseconds. */
const BROKER_IS_AWAY_MS = 15_000
/** A consumer group gives a member up after 6 s, a lease its holder after less: what it held is another's when it wakes up. */
const SLEEP_MS = 10_000
const BETWEEN_KILLS_MAX_MS = 2_000
const TIMEOUT_MS = 900_000
const PATIENCE_MS = 300_000

const replicasOf = (app: string) => Array.from({ length: REPLICAS }, (_, index) => `${app}-${index + 1}`)
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

describe('every batch is sent twice by four callers, while processes are killed or sleep and the broker goes away', () => {
  const seed = Number(process.env['SEED'] ?? randomInt(1, 2_147_483_646))
  const random = seeded(seed)
  let broker: Broker
  let database: TestDatabase
  let services: ServicesProcess
  let receiver: WebhookReceiver
  let api: Api
  let company: LlmCompany
  let kills = 0
  const asleep = new Set<string>()

  beforeAll(async () => {
    process.stdout.write(`seed ${seed} (SEED=${seed} tells the same story)\n`)
    broker = await startBroker()
    database = await createTestDatabase()
    services = await ServicesProcess.start({
      brokers: broker.brokers,
      replicas: REPLICAS,
      environment: { DATABASE_URL: database.connectionString },
    })
    receiver = await WebhookReceiver.listen()
    const { organization } = await createOrganization(services, 'Language models')
    const gateways = services.addresses()
    let turn = 0
    // A caller who gets no answer asks the other gateway.
    api = new Api(() => gateways[turn++ % gateways.length] ?? '', organization.api_key.raw_key)
    company = await setUpLlmCompany(api, receiver)
  }, TIMEOUT_MS)
  afterAll(async () => {
    await services.dispose()
    await receiver.close()
    await broker.stop()
    await database.drop()
  }, TIMEOUT_MS)

  const killOne = async (app: string) => {
    // Who sleeps is to wake up.
    const names = replicasOf(app).filter((name) => !asleep.has(name))
    await services.kill(names[random(names.length)] ?? '')
    kills += 1
  }
  const sendToSleep = async (app: string) => {
    const name = replicasOf(app)[random(REPLICAS)] ?? ''
    asleep.add(name)
    await services.suspend(name, SLEEP_MS)
    asleep.delete(name)
  }
  const expectEachEventOnce = async () => {
    const answer = await api.get('/v1/events/?limit=1')
    expect(answer.headers.get('x-total-count')).toBe(String(3 * llmCalls().length))
  }

  it(
    'takes all usage, each event once',
    async () => {
      const batches = batchesOf(usageOf(llmCalls(), company.externalId), 100)
      const queue = shuffled([...batches, ...batches], random)
      const incidents = new Map<number, () => Promise<void>>()
      const at = (part: number) => Math.floor(queue.length * part)
      shuffled(VICTIMS, random).forEach((app, index) => {
        incidents.set(at((index + 1) / (VICTIMS.length + 2)) + random(10), () => killOne(app))
      })
      incidents.set(at(0.05), () => sendToSleep('usage'))
      incidents.set(at(0.8), () => brokerGoesAway())
      const happening: Promise<void>[] = []
      let sent = 0
      const caller = async () => {
        for (let events = queue.shift(); events; events = queue.shift()) {
          const batch = { events }
          await eventually(() => api.create('/v1/events/batch', batch), PATIENCE_MS)
          const incident = incidents.get((sent += 1))
          if (incident) happening.push(incident())
        }
      }
      await Promise.all(Array.from({ length: CALLERS }, caller))
      await Promise.all(happening)
      expect(happening).toHaveLength(VICTIMS.length + 2)
      await eventually(expectEachEventOnce, PATIENCE_MS)
    },
    TIMEOUT_MS,
  )

  it(
    'gives the same paid month, though each is killed again and invoicing sleeps while the clock advances',
    async () => {
      const advance = { frozen_time: AFTER_THE_PERIOD }
      const path = `/v1/test_clocks/${company.clockId}/advance`
      await eventually(() => api.create(path, advance, 'the one advance'), PATIENCE_MS)
      const sleeping = sendToSleep('invoicing')
      for (const app of shuffled(VICTIMS, random)) {
        await pause(random(BETWEEN_KILLS_MAX_MS))
        await killOne(app)
      }
      await sleeping
      expect(kills).toBeGreaterThanOrEqual(10)
      await untilClockIsReady(api, company.clockId, PATIENCE_MS)
      await eventually(() => expectThePaidMonth(api, company, receiver), PATIENCE_MS)
      await expectEachEventOnce()
    },
    TIMEOUT_MS,
  )

  it('charges the card once', async () => {
    const client = new Client({ connectionString: database.connectionString })
    await client.connect()
    const { rows } = await client.query('select * from sandbox.charge').finally(() => client.end())
    expect(rows).toHaveLength(1)
  })

  async function brokerGoesAway(): Promise<void> {
    await broker.kill()
    await pause(BROKER_IS_AWAY_MS)
    await broker.restart()
  }
})
