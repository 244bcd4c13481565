import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from 'pg'
import type { Figure } from '../../figure'
import type { Bench } from '../../world/bench'
import { connect, startDatabase } from '../../world/bench-database'
import { startStandalone } from '../../world/platform'
import { ClosingCustomers } from './closing-customers'
import { COUNTING_SETTINGS, shareTexts, StatementCounts } from './statement-counts'

const CUSTOMERS = 300
const CUSTOMERS_QUICK = 5
/** The count starts so long before the periods end: what made the subscriptions is over. */
const LEAD_MS = 500
const LOOK_MS = 50
const LOOKS_MAX = 12_000
/** Of the most frequent statements, for whoever watches. */
const SHOWN = 20

/** Statements of all services from the end of a period to its final invoice; whose counts is in `ownerOf`. */
export const invoiceStatements: Figure = {
  name: 'invoice_statements',
  unit: 'statements/invoice',
  goal: { max: 10 },
  async prepare(bench) {
    const connectionString = await startDatabase(bench, COUNTING_SETTINGS)
    const platform = await startStandalone(bench, { DATABASE_URL: connectionString })
    const client = await connect(bench, connectionString)
    const counts = await StatementCounts.of(client)
    const closing = await ClosingCustomers.prepare(bench, platform.address)
    const customers = bench.size(CUSTOMERS, CUSTOMERS_QUICK)
    return { value: () => countOnce(bench, { client, counts, closing, customers }) }
  },
}

interface Counted {
  readonly client: Client
  readonly counts: StatementCounts
  readonly closing: ClosingCustomers
  readonly customers: number
}

async function countOnce(bench: Bench, { client, counts, closing, customers }: Counted): Promise<number> {
  const before = await finalInvoices(client)
  const endMs = await closing.subscribe(customers)
  await pause(Math.max(0, endMs - LEAD_MS - Date.now()))
  await counts.start()
  await untilFinal(client, before + customers)
  const statements = await counts.ofServices()
  for (const line of shareTexts(statements.slice(0, SHOWN), customers)) bench.say(`  ${line}`)
  return statements.reduce((sum, { calls }) => sum + calls, 0) / customers
}

/** Looked up as the owner, not over HTTP: that would count the gateway's own reads. */
async function untilFinal(client: Client, count: number): Promise<void> {
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    if ((await finalInvoices(client)) >= count) return
    await pause(LOOK_MS)
  }
  throw new Error('Not every period became a final invoice.')
}

async function finalInvoices(client: Client): Promise<number> {
  const text = `select count(*)::int as count from invoicing.invoice where status = 'finalized'`
  const { rows } = await client.query<{ count: number }>(text)
  return rows[0]?.count ?? 0
}
