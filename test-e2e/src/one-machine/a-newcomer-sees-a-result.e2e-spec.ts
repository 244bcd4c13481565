import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { Api, eventually } from '../support/api'
import type { Invoice, Payment } from '../support/llm-company'
import { PlatformProcess } from '../support/platform-process'

describe('a fresh data folder', () => {
  let platform: PlatformProcess
  let api: Api

  beforeAll(async () => {
    platform = await PlatformProcess.start({ DEMO: 'on' })
    api = new Api(() => platform.address, platform.folder.demoKey)
  })
  afterAll(() => platform.dispose())

  it('is told a story, which goes on after a kill -9 in its middle', async () => {
    await eventually(async () => expect(await api.read<unknown[]>('/v1/customers/')).not.toEqual([]))
    await platform.kill()
    await platform.boot()
    const isTold = () => Promise.resolve(expect(platform.folder.demoStoryIsTold).toBe(true))
    await eventually(isTold, 90_000)
  })

  it('shows three customers, two closed months, paid invoices, a declined card and a draft', async () => {
    const customers = await api.read<{ external_id: string; id: string }[]>('/v1/customers/')
    expect(customers.map(({ external_id }) => external_id).sort()).toEqual(['acme', 'globex', 'initech'])
    const statusesOf = async (name: string) => {
      const customer = customers.find(({ external_id }) => external_id === name)
      const rows = await api.read<Invoice[]>(`/v1/invoices/?customer_id=${customer?.id}`)
      return rows.map(({ status }) => status).sort()
    }
    expect(await statusesOf('acme')).toEqual(['paid', 'paid'])
    expect(await statusesOf('globex')).toEqual(['finalized', 'finalized'])
    expect(await statusesOf('initech')).toEqual(['draft', 'paid'])
    const failed = await api.read<(Payment & { failure_reason: string })[]>('/v1/payments/?status=failed')
    expect(failed.map(({ failure_reason }) => failure_reason)).toEqual(['lack_of_funds', 'lack_of_funds'])
  })

  it('keeps its key on the next start, and tells the story once', async () => {
    const key = platform.folder.demoKey
    await platform.stop()
    await platform.boot()
    expect(platform.folder.demoKey).toBe(key)
    expect(await api.read<unknown[]>('/v1/invoices/')).toHaveLength(6)
  })
})

describe('a database of your own', () => {
  const key = `bxb_live_${'5a'.repeat(32)}`
  let database: TestDatabase
  let platform: PlatformProcess

  beforeAll(async () => {
    database = await createTestDatabase()
    platform = await PlatformProcess.start({ DATABASE_URL: database.connectionString, BOOTSTRAP_API_KEY: key })
  })
  afterAll(async () => {
    await platform.dispose()
    await database.drop()
  })

  it('is used instead of the embedded one', async () => {
    expect(platform.folder.holds('postgres')).toBe(false)
    const api = new Api(() => platform.address, key)
    await api.create('/v1/customers/', { external_id: 'kept', name: 'Kept' })
    await platform.kill()
    await platform.boot()
    expect(await api.read<unknown[]>('/v1/customers/')).toHaveLength(1)
  })

  it('has the demo organization with exactly the key that was given', async () => {
    expect(platform.folder.demoKey).toBe(key)
    const organization = await new Api(() => platform.address, key).read<{ test: boolean }>('/v1/organizations/current')
    expect(organization).toMatchObject({ name: 'Demo', test: true })
  })
})
