import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { Api, eventually } from '../support/api'
import type { Invoice } from '../support/llm-company'
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
})
