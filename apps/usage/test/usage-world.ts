import { customerProjection, testClockProjection } from '@billstream/accounts-read-model'
import type { Command, Projection, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  MemoryEventStore,
  MemoryBells,
  MemoryUsageLog,
  MemoryViews,
  type FactReader,
  type QueryContext,
  type ServiceDefinition,
} from '@billstream/event-sourcing-runtime'
import { invoiceProjection } from '@billstream/invoicing-read-model'
import { derivedId } from '@billstream/kernel'
import { systemSleeper } from '@billstream/platform'
import type { PlanCharge } from '@billstream/subscriptions-contracts'
import { planProjection, planVersionId, planVersionProjection } from '@billstream/subscriptions-read-model'
import { fixedClock } from '@billstream/testing'
import type { IngestAnswer, IngestEvent } from '@billstream/usage-contracts'
import { billableMetricProjection, type BillableMetricRow } from '@billstream/usage-read-model'
import { usageService } from '../src/usage.service'

export const { organizationId } = testMetadata()
export const uuid = (name: string) => derivedId('spec', name)
const MADE = { created_at: '2026-01-01T00:00:00.000Z', updated_at: '2026-01-01T00:00:00.000Z' }

/** The usage service in memory: views hold what a spec puts there, commands go through gatherers and deciders. */
export class UsageWorld {
  readonly clock = fixedClock('2026-07-01T00:00:00.000Z')
  readonly log = new MemoryUsageLog()
  readonly views = new MemoryViews(systemSleeper)
  readonly eventStore = new MemoryEventStore(this.clock)
  readonly sent: Command[] = []
  readonly service: ServiceDefinition = usageService({
    usageLog: this.log,
    bells: new MemoryBells(),
    eventStore: this.eventStore,
    views: this.views,
    viewProgress: this.views,
    clock: this.clock,
    sleeper: systemSleeper,
    bus: {
      send: (_, command) => {
        this.sent.push(command)
        return Promise.resolve({ ok: true, value: { id: command.metadata.commandId, events: [] }, position: 0n })
      },
    },
  })
  private readonly positions = new Map<string, bigint>()

  readonly facts: FactReader = {
    get: (projection, id) => this.views.get(projection.view, organizationId, id),
    find: (projection, options) => this.views.find(projection.view, organizationId, options),
  }

  metric(code: string, over: Partial<BillableMetricRow> = {}): Promise<string> {
    return this.put(billableMetricProjection, {
      ...{ organization_id: organizationId, id: uuid(code), code, name: code, description: null, recurring: false },
      ...{ aggregation_type: 'sum', field_name: 'tokens', rounding_function: null, rounding_precision: null },
      ...{ status: 'active', ...MADE, ...over },
    })
  }

  /** A plan whose only version prices the metrics. */
  async plan(name: string, codes: readonly string[], status = 'active'): Promise<string> {
    const of = { organization_id: organizationId, name, interval: 'monthly', amount_cents: '0', currency: 'USD' }
    const terms = { ...of, version: 1, charges: codes.map(chargeOf) }
    const id = uuid(name)
    await this.put(planVersionProjection, { ...terms, id: planVersionId(id, 1), plan_id: id })
    const plan = { ...terms, id, code: name, description: null, trial_period_days: 0, status, ...MADE }
    return this.put(planProjection, plan)
  }

  invoice(id: string, status: 'draft' | 'finalized' | 'paid' | 'voided'): Promise<string> {
    const at = MADE.created_at
    const amounts = { subtotal_cents: '0', coupons_amount_cents: '0', tax_amount_cents: '0', total_cents: '0' }
    return this.put(invoiceProjection, {
      ...{ organization_id: organizationId, id, invoice_number: id, customer_id: uuid('acme'), subscription_id: null },
      ...{ status, invoice_type: 'subscription', currency: 'USD', billing_period_start: at, billing_period_end: at },
      ...{ ...amounts, progressive_billing_credit_amount_cents: '0', prepaid_credit_amount_cents: '0' },
      ...{ amount_due_cents: '0', fees: [], taxes: [], payment_status: 'none', finalize_at: null, due_date: null },
      ...{ issued_at: null, paid_at: null, ...MADE },
    })
  }

  /** A customer that lives by a test clock. */
  async customerOnClock(externalId: string, frozenTime: string): Promise<void> {
    const clockId = uuid(`clock of ${externalId}`)
    const of = { organization_id: organizationId, status: 'active', ...MADE }
    const clock = { id: clockId, name: 'clock', frozen_time: frozenTime, target_time: null, status: 'ready' }
    await this.put(testClockProjection, { ...of, ...clock })
    await this.put(customerProjection, {
      ...{ ...of, id: uuid(externalId), external_id: externalId, name: externalId, email: null, currency: null },
      ...{ timezone: null, invoice_grace_period: null, net_payment_term: null, billing_metadata: {} },
      test_clock_id: clockId,
    })
  }

  /** Gathers and decides, on an aggregate without history. */
  async handle(command: Command) {
    const aggregate = this.service.aggregates.find(({ decider }) =>
      decider.commands.some(({ type }) => type === command.type),
    )
    if (!aggregate) throw new Error(command.type)
    const gathered = await aggregate.gather?.[command.type]?.(command, this.facts)
    if (gathered && !gathered.ok) return gathered
    const { decider } = aggregate
    return decider.decide(gathered ? { ...command, facts: gathered.value } : command, decider.initial)
  }

  async ask<Answer>(type: string, data: unknown): Promise<Answer> {
    const context: QueryContext = {
      organizationId,
      correlationId: organizationId,
      now: this.clock.now(),
      facts: this.facts,
    }
    return (await this.service.queries.find((query) => query.type === type)?.handle(data, context)) as Answer
  }

  ingest(...requests: readonly (readonly IngestEvent[])[]): Promise<IngestAnswer[]> {
    return this.ingestPayloads(...requests.map((events) => ({ events, batch: events.length > 1 })))
  }

  async ingestPayloads(...payloads: readonly unknown[]): Promise<IngestAnswer[]> {
    const messages = payloads.map((payload, index) => ({
      requestId: derivedId('request', index, JSON.stringify(payload)),
      organizationId,
      payload,
    }))
    return (await this.service.ingest?.(messages)) as IngestAnswer[]
  }

  private async put<V extends ViewDefinition>(projection: Projection<V>, row: ViewRow<V>): Promise<string> {
    const from = this.positions.get(projection.name) ?? 0n
    if (from === 0n) await this.views.reset(projection, projection.view)
    const write = { view: projection.view, upserts: [row], removals: [] }
    await this.views.commit(projection, { from, to: from + 1n }, write)
    this.positions.set(projection.name, from + 1n)
    return row.id
  }
}

export function chargeOf(code: string): PlanCharge {
  return {
    chargeId: uuid(`charge of ${code}`),
    metricId: uuid(code),
    metricCode: code,
    metricName: code,
    chargeModel: 'standard',
    properties: { amount: '1' },
    model: { model: 'standard', price: '1' },
  }
}

export function ingestEvent(transactionId: string, over: Partial<IngestEvent> = {}): IngestEvent {
  return {
    transactionId,
    externalCustomerId: 'acme',
    externalSubscriptionId: '',
    code: 'tokens',
    timestamp: '2026-06-15T12:00:00.000Z',
    properties: '{"tokens":5}',
    createdAt: '2026-07-01T00:00:00.000Z',
    ...over,
  }
}
