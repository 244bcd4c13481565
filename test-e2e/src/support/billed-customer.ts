import type { Api } from './api'
import { advanceClock } from './llm-company'

export interface BilledInvoice {
  id: string
  invoice_number: string
  status: string
  billing_period_start: string
  billing_period_end: string
  subtotal_cents: string
  tax_amount_cents: string
  total_cents: string
  line_items: Line[]
}
interface Line {
  description: string
  quantity: string
  amount: string
}
export interface Contract {
  readonly planId: string
  readonly startedAt: string
  /** Where the customer's clock stands first; null: real time. Default: the start. */
  readonly frozenTime?: string | null
  readonly customer?: object
  readonly subscription?: object
}

/** A customer, mostly on a test clock of its own, with one subscription: what it is billed is read as its company reads it. */
export class BilledCustomer {
  private sent = 0

  private constructor(
    private readonly api: Api,
    private readonly name: string,
    private readonly ids: { customer: string; clock: string | null; subscription: string },
  ) {}

  static async subscribe(api: Api, name: string, contract: Contract): Promise<BilledCustomer> {
    const { planId, startedAt, frozenTime = startedAt, customer: more, subscription: terms } = contract
    const clock = frozenTime === null ? null : await api.create('/v1/test_clocks', { name, frozen_time: frozenTime })
    const customer = await api.create('/v1/customers/', {
      ...{ external_id: name, name, currency: 'USD', ...more },
      ...(clock && { test_clock_id: clock.id }),
    })
    const subscription = await api.create('/v1/subscriptions/', {
      ...{ external_id: `subscription of ${name}`, customer_id: customer.id, plan_id: planId },
      ...{ started_at: startedAt, ...terms },
    })
    const ids = { customer: customer.id, clock: clock?.id ?? null, subscription: subscription.id }
    return new BilledCustomer(api, name, ids)
  }

  /** The oldest billing period first. */
  async invoices(): Promise<BilledInvoice[]> {
    const path = `/v1/invoices/?customer_id=${this.ids.customer}&order_by=billing_period_start:asc&limit=1000`
    return this.api.read<BilledInvoice[]>(path)
  }

  async subtotals(): Promise<number[]> {
    return (await this.invoices()).map(({ subtotal_cents }) => Number(subtotal_cents))
  }

  async use(timestamp: string, units: number | string): Promise<void> {
    this.sent += 1
    await this.api.create('/v1/events/', {
      ...{ transaction_id: `${this.name} ${this.sent}`, external_customer_id: this.name, code: 'units' },
      ...{ timestamp, properties: { units } },
    })
  }

  async advanceTo(time: string): Promise<void> {
    const { clock } = this.ids
    if (clock === null) throw new Error(`${this.name} lives in real time.`)
    await advanceClock(this.api, clock, time)
  }

  async terminate(): Promise<void> {
    const answer = await this.api.call('DELETE', `/v1/subscriptions/${this.ids.subscription}`)
    if (answer.status >= 300) throw new Error(JSON.stringify(answer.body))
  }

  preview(): Promise<{ subtotal_cents: string; total_cents: string; fees: { amount_cents: string }[] }> {
    return this.api.create('/v1/invoices/preview', { subscription_id: this.ids.subscription })
  }
}

export function amountsOf({ line_items }: Pick<BilledInvoice, 'line_items'>): number[] {
  return line_items.map(({ amount }) => Number(amount))
}
