import { Kafka, logLevel } from 'kafkajs'
import { createTestDatabase, testBroker, uniqueName, type TestDatabase } from '@billstream/testing'
import { Api, eventually } from '../support/api'
import type { Invoice } from '../support/llm-company'
import { OpsTool } from '../support/ops-tool'
import { startServices } from '../support/platform'
import { takeTour, tour } from '../support/readme-tour'
import type { ServicesProcess } from '../support/services-process'

const PATIENCE_MS = 180_000

describe('services on a fresh data folder, with a database of your own', () => {
  let database: TestDatabase
  let services: ServicesProcess
  let api: Api

  beforeAll(async () => {
    database = await createTestDatabase()
    services = await startServices({ environment: { DEMO: 'on', DATABASE_URL: database.connectionString } })
    api = new Api(() => services.address, services.folder.demoKey)
  }, PATIENCE_MS)
  afterAll(async () => {
    await services.dispose()
    await database.drop()
  }, PATIENCE_MS)

  it('start no other database', () => {
    expect(services.folder.holds('postgres')).toBe(false)
  })

  it(
    'are told a story, which ends as in one process',
    async () => {
      await eventually(() => Promise.resolve(expect(services.folder.demoStoryIsTold).toBe(true)), PATIENCE_MS)
      const invoices = await api.read<Invoice[]>('/v1/invoices/')
      expect(invoices.map(({ status }) => status).sort()).toEqual([
        'draft',
        'finalized',
        'finalized',
        'paid',
        'paid',
        'paid',
      ])
    },
    PATIENCE_MS,
  )

  it(
    'show what the tour of the README shows',
    async () => {
      const steps = tour()
      const printed = await takeTour(steps, { address: services.address, key: services.folder.demoKey })
      expect(printed).toEqual(steps.map(({ shown }) => shown))
    },
    PATIENCE_MS,
  )

  it(
    'give their events once more to a subscriber of its own, as the relay sends them',
    async () => {
      const topic = uniqueName('finance.replay')
      const ops = new OpsTool(services.folder.path, { DATABASE_URL: database.connectionString })
      const of = ['--from', '0', '--type', 'InvoiceFinalized', '--topic', topic, '--kafka', testBroker()]
      const replayed = await ops.json<{ events: number }>('replay', ...of)
      expect(replayed.events).toBeGreaterThan(2)
      const sent = await eventsIn(topic, replayed.events)
      expect(sent.map(({ type }) => type)).toEqual(sent.map(() => 'billstream.InvoiceFinalized.v1'))
      const { out } = await ops.run('events', 'tail', '--type', 'InvoiceFinalized', '--json')
      const finalized = out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as SentEvent)
      expect(sent.map(({ id }) => id).sort()).toEqual(finalized.map(({ id }) => id).sort())
    },
    PATIENCE_MS,
  )
})

interface SentEvent {
  readonly id: string
  readonly type: string
}

async function eventsIn(topic: string, count: number): Promise<SentEvent[]> {
  const kafka = new Kafka({ brokers: [testBroker()], logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: uniqueName('finance') })
  const events: SentEvent[] = []
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: ({ message }) => {
      events.push(JSON.parse(message.value?.toString() ?? '') as SentEvent)
      return Promise.resolve()
    },
  })
  await eventually(() => Promise.resolve(expect(events.length).toBeGreaterThanOrEqual(count)), PATIENCE_MS)
  await consumer.disconnect()
  return events
}
