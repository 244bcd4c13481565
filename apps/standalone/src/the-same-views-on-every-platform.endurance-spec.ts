import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { allProjections } from '@billstream/hosting'
import { startCompared, type ComparedPlatform } from '../test/compared-platforms'
import { history, LivedHistory, type Step } from '../test/seeded-history'
import { atSteps } from '../test/stepped-clock'

const RUNS = Number(process.env['RUNS'] ?? 3)
const ROWS_MAX = 10_000
const TIMEOUT_MS = 300_000
/**
 * Customers and settings, whose `created_at` and `updated_at` are when the store recorded a fact: real time, which each
 * platform has its own of. All other views have customer time, on a test clock the same everywhere. Source: domain.md, section 3.
 */
const TIMES_OF_THE_STORE: ReadonlySet<string> = new Set([
  'accounts.organization',
  'accounts.api_key',
  'accounts.customer',
  'accounts.test_clock',
  'subscriptions.plan',
  'usage.billable_metric',
  'invoicing.tax',
  'invoicing.tax_application',
  'checkout.payment_method',
  'webhooks.webhook_endpoint',
])

describe('the same history in one process and over Kafka, in memory and on PostgreSQL', () => {
  const seed = Number(process.env['SEED'] ?? randomInt(1, 2_147_483_646))
  let platforms: ComparedPlatform[] = []

  beforeAll(async () => {
    process.stdout.write(`seed ${seed} (SEED=${seed} tells the same histories)\n`)
    platforms = await Promise.all([
      startCompared('memory', 'in process'),
      startCompared('PostgreSQL', 'in process'),
      startCompared('memory', 'Kafka'),
      startCompared('PostgreSQL', 'Kafka'),
    ])
  }, TIMEOUT_MS)
  afterAll(() => Promise.all(platforms.map((platform) => platform.stop())), TIMEOUT_MS)

  it(
    'gives the same answers and the same rows of every view',
    async () => {
      let runs = 0
      const property = fc.asyncProperty(history, async (steps) => {
        const run = `run-${++runs}`
        const [first, ...others] = await Promise.all(platforms.map((platform) => outcomeOf(platform, run, steps)))
        expect(first?.rows['invoicing.invoice']?.length ?? 0).toBeGreaterThan(0)
        for (const other of others) expect(other).toEqual({ ...first, platform: other.platform })
      })
      await fc.assert(property, { seed, numRuns: RUNS, endOnFailure: true })
    },
    TIMEOUT_MS,
  )
})

async function outcomeOf(platform: ComparedPlatform, run: string, steps: readonly Step[]) {
  const lived = new LivedHistory(platform, run)
  await lived.live(steps)
  return { platform: platform.name, answers: lived.answers, rows: await rowsOf(platform, lived.organizationId) }
}

/** The row of a view as it must be everywhere. */
function comparable(view: string, row: Record<string, unknown>): unknown {
  const { created_at: _, updated_at: __, ...timeless } = row
  return atSteps(TIMES_OF_THE_STORE.has(view) ? timeless : row)
}

/** Rows of every view by its name, ordered by id. */
async function rowsOf({ ports }: ComparedPlatform, organizationId: string): Promise<Record<string, unknown[]>> {
  const all = allProjections.map(async ({ name, view }): Promise<[string, unknown[]]> => {
    const rows = await ports.views.find(view, organizationId, { limit: ROWS_MAX })
    return [name, rows.map((row) => comparable(name, row))]
  })
  return Object.fromEntries(await Promise.all(all))
}
