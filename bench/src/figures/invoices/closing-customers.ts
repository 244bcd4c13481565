import { setTimeout as pause } from 'node:timers/promises'
import { createOrganization, type ApiClient } from '../../world/api-client'
import type { Bench } from '../../world/bench'
import { doAll, timed } from '../../world/drive'

const DAY_MS = 86_400_000
const CALLERS = 8
/** The base fee is the tenth line. */
const USAGE_CHARGES = 9
/** Subscriptions take longer to make than customers: how much longer is allowed for, and what is added. */
const HEAD_START_FACTOR = 2
const HEAD_START_MS = 3_000
const LOOK_MS = 50
/** From the end of the period until the last invoice is final. */
const PATIENCE_MS = 600_000

/** One way to close the periods of many customers at one instant, as often as it is asked. */
export class ClosingCustomers {
  private rounds = 0

  private constructor(
    private readonly api: ApiClient,
    private readonly planId: string,
    private readonly codes: readonly string[],
  ) {}

  /** A new organization: nine metrics, a weekly plan with a base fee and a charge on each metric, a tax for everybody. */
  static async prepare(bench: Bench, address: string): Promise<ClosingCustomers> {
    const { api } = await createOrganization(bench, address, CALLERS)
    const codes = Array.from({ length: USAGE_CHARGES }, (_, index) => `metric-${index}`)
    const charges: object[] = []
    for (const code of codes) {
      const metric = { code, name: code, aggregation_type: 'sum', field_name: 'units' }
      const { id } = await api.post('/v1/billable_metrics/', metric)
      charges.push({ billable_metric_id: id, charge_model: 'standard', properties: { amount: '0.05' } })
    }
    await api.post('/v1/taxes/', { code: 'vat', name: 'VAT', rate: 0.2, applied_to_organization: true })
    const plan = { code: 'weekly', name: 'Weekly', interval: 'weekly', amount_cents: 1_000, currency: 'USD', charges }
    const { id } = await api.post('/v1/plans/', plan)
    return new ClosingCustomers(api, id, codes)
  }

  /**
   * Customers with usage of each metric, whose weeks all end at the instant that it resolves with, in milliseconds since 1970.
   * Throws when that has passed before the last subscription was made.
   */
  async subscribe(customers: number): Promise<number> {
    this.rounds += 1
    const names = Array.from({ length: customers }, (_, index) => `customer-${this.rounds}-${index}`)
    const ids: string[] = []
    const seconds = await timed(() =>
      doAll(CALLERS, customers, async (index) => {
        ids[index] = await this.createCustomer(names[index] ?? '')
      }),
    )
    const endMs = Math.ceil(Date.now() + HEAD_START_MS + seconds * 1_000 * HEAD_START_FACTOR)
    const startedAt = new Date(endMs - 7 * DAY_MS).toISOString()
    await doAll(CALLERS, customers, async (index) => {
      const external_id = `subscription of ${names[index]}`
      const terms = { plan_id: this.planId, billing_time: 'anniversary', started_at: startedAt }
      await this.api.post('/v1/subscriptions/', { external_id, customer_id: ids[index], ...terms })
    })
    if (Date.now() >= endMs) throw new Error('The period was over before every customer had subscribed.')
    return endMs
  }

  /** Seconds from the end of the period until so many more invoices are final, as their list shows it. */
  async close(endMs: number, customers: number): Promise<number> {
    const before = await this.finalized()
    await pause(endMs - Date.now())
    while ((await this.finalized()) < before + customers) {
      if (Date.now() - endMs > PATIENCE_MS) throw new Error('Not every period became a final invoice.')
      await pause(LOOK_MS)
    }
    return (Date.now() - endMs) / 1_000
  }

  /** Throws when the invoices are not what is measured: ten lines and a tax each. */
  async expectTenLines(): Promise<void> {
    interface Invoice {
      readonly line_items: readonly unknown[]
      readonly tax_amount_cents: string
    }
    const [invoice] = await this.api.get<Invoice[]>('/v1/invoices/?status=finalized&limit=1')
    const lines = invoice?.line_items.length
    if (lines !== USAGE_CHARGES + 1 || Number(invoice?.tax_amount_cents) <= 0) {
      throw new Error(`An invoice of ten lines with tax has ${lines} lines and a tax of ${invoice?.tax_amount_cents}.`)
    }
  }

  private finalized(): Promise<number> {
    return this.api.count('/v1/invoices/?status=finalized&limit=1')
  }

  private async createCustomer(name: string): Promise<string> {
    const { id } = await this.api.post('/v1/customers/', { external_id: name, name, currency: 'USD' })
    const timestamp = new Date().toISOString()
    const events = this.codes.map((code) => ({
      ...{ transaction_id: `${name}-${code}`, external_customer_id: name, code, timestamp },
      properties: { units: 7 },
    }))
    await this.api.post('/v1/events/batch', { events })
    return id
  }
}
