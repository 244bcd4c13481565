import { join } from 'node:path'
import { BilledCustomer } from '../support/billed-customer'
import { Api } from '../support/api'
import { DataFolder } from '../support/data-folder'
import { advanceClock } from '../support/llm-company'
import { OpsTool } from '../support/ops-tool'
import { createOrganization } from '../support/organizations'
import { PlatformProcess } from '../support/platform-process'
import { ADMIN_SECRET, ProgramProcess } from '../support/program-process'

const PATIENCE_MS = 180_000

interface Check {
  readonly check: string
  readonly differing: number
}

describe('a platform that was backed up while it ran', () => {
  let platform: PlatformProcess
  let restored: ProgramProcess
  let address: string
  let key: string
  let billed: BilledCustomer
  let invoices: unknown
  const elsewhere = new DataFolder()
  const folder = join(elsewhere.path, 'restored')
  const file = join(elsewhere.path, 'backup.tar.gz')

  beforeAll(async () => {
    platform = await PlatformProcess.start()
    const created = await createOrganization(platform, 'Backed up')
    key = created.organization.api_key.raw_key
    const plan = await created.api.create('/v1/plans/', {
      ...{ code: 'flat', name: 'Flat', interval: 'monthly', amount_cents: 5000, currency: 'USD' },
    })
    billed = await BilledCustomer.subscribe(created.api, 'kept', { planId: plan.id, startedAt: '2024-01-01T00:00:00Z' })
    await billed.advanceTo('2024-03-01T00:00:00Z')
    invoices = await billed.invoices()
    const taken = await new OpsTool(platform.folder.path).run('backup', file)
    expect([taken.code, taken.err]).toEqual([0, expect.anything()])
    await created.api.create('/v1/customers/', { external_id: 'later', name: 'Later', currency: 'USD' })
    // The machine is lost.
    await platform.kill()
  }, PATIENCE_MS)
  afterAll(async () => {
    await restored.end('SIGTERM')
    await platform.dispose()
    elsewhere.remove()
  }, PATIENCE_MS)

  it(
    'is restored into an empty folder, and starts from it',
    async () => {
      const ops = new OpsTool(elsewhere.path)
      const { code, out, err } = await ops.run('restore', file, '--data-dir', folder)
      expect([code, out + err]).toEqual([0, expect.anything()])
      restored = ProgramProcess.spawn({
        main: 'standalone/main.js',
        environment: { ADMIN_SECRET, DEMO: 'off', PORT: '0', DATA_DIR: folder },
      })
      address = await restored.untilPrinted(/ready at (http:\/\/\S+)/)
    },
    PATIENCE_MS,
  )

  it('knows what was before the backup, to the cent and with its numbers, and nothing after it', async () => {
    const api = new Api(() => address, key)
    const path = `/v1/invoices/?order_by=billing_period_start:asc&limit=1000`
    expect(await api.read(path)).toEqual(invoices)
    const customers = await api.read<{ external_id: string }[]>('/v1/customers/')
    expect(customers.map(({ external_id }) => external_id)).toEqual(['kept'])
  })

  it(
    'goes on billing where it was, and keeps every invariant',
    async () => {
      const api = new Api(() => address, key)
      const [clock] = await api.read<{ id: string }[]>('/v1/test_clocks')
      await advanceClock(api, clock?.id ?? '', '2024-04-01T00:00:00Z')
      expect(await api.read('/v1/invoices/')).toHaveLength(3)
      const checks = await new OpsTool(folder).json<Check[]>('verify')
      expect(checks.filter(({ differing }) => differing > 0)).toEqual([])
    },
    PATIENCE_MS,
  )

  it('is not restored over what is there', async () => {
    const { code, err } = await new OpsTool(elsewhere.path).run('restore', file, '--data-dir', folder)
    expect([code, err]).toEqual([expect.any(Number), expect.stringContaining(folder)])
    expect(code).not.toBe(0)
  })
})
