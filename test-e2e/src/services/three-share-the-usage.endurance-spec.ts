import { Kafka, logLevel, type Admin } from 'kafkajs'
import { createTestDatabase, testBroker, uniqueName, type TestDatabase } from '@billstream/testing'
import { eventually, type Api } from '../support/api'
import { createOrganization } from '../support/organizations'
import { startServices } from '../support/platform'
import { ProgramProcess } from '../support/program-process'
import type { ServicesProcess } from '../support/services-process'

const CUSTOMERS = 60
const BATCHES_PER_CUSTOMER = 10
const EVENTS_PER_BATCH = 100
const CALLERS = 6
const SERVER_SECRET = 'the server secret that all replicas of usage share'
const TIMEOUT_MS = 600_000
const PATIENCE_MS = 180_000

describe('usage of many customers, taken by three processes', () => {
  const prefix = uniqueName('shared')
  const usageTopic = `${prefix}.usage`
  let database: TestDatabase
  let services: ServicesProcess
  let api: Api
  let admin: Admin
  const replicas: ProgramProcess[] = []
  let sent = 0

  beforeAll(async () => {
    database = await createTestDatabase()
    const environment = {
      ...{ DATABASE_URL: database.connectionString, SERVER_SECRET, KAFKA_TOPIC_PREFIX: prefix },
      KAFKA_BROKERS: testBroker(),
    }
    const { KAFKA_BROKERS: _, ...own } = environment
    services = await startServices({ environment: own })
    for (const _replica of [2, 3]) replicas.push(ProgramProcess.spawn({ main: 'usage/main.js', environment }))
    admin = new Kafka({ brokers: [testBroker()], logLevel: logLevel.NOTHING }).admin()
    await admin.connect()
    api = (await createOrganization(services, 'Many customers')).api
    const calls = { code: 'calls', name: 'Calls', aggregation_type: 'count' }
    await api.create('/v1/billable_metrics/', calls)
    await eventually(async () => expect(await members()).toBe(3), PATIENCE_MS)
  }, TIMEOUT_MS)
  afterAll(async () => {
    await admin.disconnect()
    await Promise.all(replicas.map((replica) => replica.end('SIGTERM')))
    await services.dispose()
    await database.drop()
  }, TIMEOUT_MS)

  it(
    'is counted once each under the load of some callers, and nothing is left behind',
    async () => {
      await load(CALLERS, 'first')
      await expectNoLag()
      await expectEachOnce()
    },
    TIMEOUT_MS,
  )

  it(
    'is counted once each under twice the load, though one is killed: two take over, and nothing is left behind',
    async () => {
      const loading = load(2 * CALLERS, 'second')
      const before = sent
      await eventually(() => Promise.resolve(expect(sent).toBeGreaterThan(before)), PATIENCE_MS)
      await replicas[0]?.end('SIGKILL')
      // What was the dead one's waits until the others have it.
      await eventually(async () => expect(await lag()).toBeGreaterThan(0), PATIENCE_MS)
      await loading
      await expectNoLag()
      // All may be done while the group is still being dealt: the brokers then call no member settled.
      await eventually(async () => expect(await members()).toBe(2), PATIENCE_MS)
      await expectEachOnce()
    },
    TIMEOUT_MS,
  )

  async function load(callers: number, name: string): Promise<void> {
    const queue = Array.from({ length: CUSTOMERS * BATCHES_PER_CUSTOMER }, (_, index) => index)
    const caller = async () => {
      for (let batch = queue.shift(); batch !== undefined; batch = queue.shift()) {
        const events = eventsOf(`${name} ${batch}`, `customer-${batch % CUSTOMERS}`)
        await eventually(() => api.create('/v1/events/batch', { events }), PATIENCE_MS)
        sent += events.length
      }
    }
    await Promise.all(Array.from({ length: callers }, caller))
  }

  function eventsOf(batch: string, customer: string) {
    return Array.from({ length: EVENTS_PER_BATCH }, (_, index) => ({
      ...{ transaction_id: `${batch} ${index}`, external_customer_id: customer, code: 'calls' },
      timestamp: '2024-01-05T00:00:00Z',
    }))
  }

  async function members(): Promise<number | undefined> {
    const { groups } = await admin.describeGroups([usageTopic])
    return groups.find(({ state }) => state === 'Stable')?.members.length
  }

  /** Messages that are not committed. */
  async function lag(): Promise<number> {
    const ends = await admin.fetchTopicOffsets(usageTopic)
    const [committed] = await admin.fetchOffsets({ groupId: usageTopic, topics: [usageTopic] })
    const doneOf = (partition: number) =>
      Math.max(0, Number(committed?.partitions.find((each) => each.partition === partition)?.offset ?? 0))
    return ends.reduce((sum, { partition, high }) => sum + Number(high) - doneOf(partition), 0)
  }

  function expectNoLag(): Promise<void> {
    return eventually(async () => expect(await lag()).toBe(0), PATIENCE_MS)
  }

  async function expectEachOnce(): Promise<void> {
    const answer = await api.get('/v1/events/?limit=1')
    expect(answer.headers.get('x-total-count')).toBe(String(sent))
  }
})
