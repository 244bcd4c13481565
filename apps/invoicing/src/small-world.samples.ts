import {
  customerProjection,
  organizationProjection,
  type CustomerRow,
  type OrganizationRow,
} from '@billstream/accounts-read-model'
import {
  foldEvents,
  type Command,
  type DomainEvent,
  type Projection,
  type RecordedEvent,
  type WantedCommand,
} from '@billstream/event-sourcing-core'
import { projectRows, recorded, testMetadata } from '@billstream/event-sourcing-core/testing'
import { MemoryNumbers, MemoryViews, type FactReader, type QueryContext } from '@billstream/event-sourcing-runtime'
import { invoicingProjections } from '@billstream/invoicing-read-model'
import { derivedId, type Result } from '@billstream/kernel'
import { systemSleeper } from '@billstream/platform'
import { planVersionProjection, subscriptionProjection } from '@billstream/subscriptions-read-model'
import type { MeasuredCharge, MeasuredCorrection } from '@billstream/usage-contracts'
import { invoicingService } from './invoicing.service'

const { organizationId } = testMetadata()
const PROJECTIONS: readonly Projection[] = [...invoicingProjections, planVersionProjection, subscriptionProjection]
const created = { created_at: '2023-01-01T00:00:00.000Z', updated_at: '2023-01-01T00:00:00.000Z' }

/** Invoicing in memory for specs: what is recorded is folded into views, and its processes run until they want nothing. */
export class SmallWorld {
  readonly history: RecordedEvent[] = []
  /** What usage would answer now. */
  usage: MeasuredCharge[] = []
  lateUsage: MeasuredCorrection[] = []
  now = '2026-07-01T00:00:00.000Z'
  private readonly states = new Map<string, unknown>()
  private readonly fixed: { projection: Projection; row: { id: string } }[] = []
  private readonly service = invoicingService({
    numbers: new MemoryNumbers(),
    bus: { ask: <Answer>() => Promise.resolve({ charges: this.usage, corrections: this.lateUsage } as Answer) },
  })

  organization(over: Partial<OrganizationRow> = {}): void {
    const row: OrganizationRow = {
      ...{ organization_id: organizationId, id: organizationId, name: 'Org', slug: 'org', test: true, timezone: 'UTC' },
      ...{ default_currency: 'USD', hmac_key_secret_id: 's', logo_url: null, portal_accent_color: null },
      ...{ portal_welcome_message: null, status: 'open', ...created, ...over },
    }
    this.fixed.push({ projection: organizationProjection, row })
  }

  customer(id: string, over: Partial<CustomerRow> = {}): void {
    const row: CustomerRow = {
      ...{ organization_id: organizationId, id, external_id: 'acme', name: 'Acme', email: null, currency: null },
      ...{ timezone: null, invoice_grace_period: null, net_payment_term: null, billing_metadata: {} },
      ...{ test_clock_id: null, status: 'active', ...created, ...over },
    }
    this.fixed.push({ projection: customerProjection, row })
  }

  /** Records facts of other contexts, and everything that follows from them here. */
  async happened(...events: readonly DomainEvent[]): Promise<void> {
    for (const event of events) await this.record(event)
  }

  async send({ definition, data }: WantedCommand, commandId = derivedId('sent', this.history.length)) {
    const command = { type: definition.type, data, metadata: testMetadata({ commandId, now: this.now }) }
    const outcome = await this.decide(command, definition.aggregateId(data))
    if (outcome.ok) for (const event of outcome.value) await this.record(event, definition.aggregateId(data))
    return outcome
  }

  async ask<Answer>(type: string, data: unknown): Promise<Answer> {
    const context: QueryContext = { organizationId, correlationId: organizationId, now: this.now, facts: this.facts() }
    return (await this.service.queries.find((query) => query.type === type)?.handle(data, context)) as Answer
  }

  /** Data of what was recorded of a type. */
  of(type: string): unknown[] {
    return this.history.filter((event) => event.type === type).map(({ data }) => data)
  }

  facts(): FactReader {
    const views = new MemoryViews(systemSleeper)
    const ready = Promise.all([
      ...PROJECTIONS.map((projection) =>
        this.fill(views, projection, [...projectRows(projection, this.history).values()]),
      ),
      ...[customerProjection, organizationProjection].map((projection) =>
        this.fill(views, projection as Projection, this.rowsOf(projection as Projection)),
      ),
    ])
    return {
      get: (projection, id) => ready.then(() => views.get(projection.view, organizationId, id)),
      find: (projection, options) => ready.then(() => views.find(projection.view, organizationId, options)),
    }
  }

  private rowsOf(projection: Projection) {
    return this.fixed.filter((each) => each.projection.name === projection.name).map(({ row }) => row)
  }

  private async fill(views: MemoryViews, projection: Projection, rows: readonly object[]): Promise<void> {
    await views.reset(projection, projection.view)
    const upserts = rows as never[]
    await views.commit(projection, { from: 0n, to: 1n }, { view: projection.view, upserts, removals: [] })
  }

  private async decide(command: Command, aggregateId: string): Promise<Result<readonly DomainEvent[]>> {
    const aggregate = this.service.aggregates.find(({ decider }) =>
      decider.commands.some(({ type }) => type === command.type),
    )
    if (!aggregate) throw new Error(command.type)
    const { decider, gather } = aggregate
    const facts = await gather?.[command.type]?.(command, this.facts())
    if (facts && !facts.ok) return facts
    const stream = `${decider.category}-${aggregateId}`
    const state = foldEvents(decider, this.history.filter((event) => event.stream === stream) as never[])
    return decider.decide(facts ? { ...command, facts: facts.value } : command, state)
  }

  private async record(fact: DomainEvent, aggregateId?: string): Promise<void> {
    const owner = this.service.aggregates.find(({ decider }) => decider.events.some(({ type }) => type === fact.type))
    const stream = owner && aggregateId !== undefined ? `${owner.decider.category}-${aggregateId}` : 'elsewhere-1'
    const position = BigInt(this.history.length + 1)
    const event = recorded(fact, { stream, position, metadata: { occurredAt: this.now } })
    this.history.push(event)
    await this.react(event)
  }

  private async react(event: RecordedEvent): Promise<void> {
    for (const process of this.service.processes.filter(({ reactsTo }) => reactsTo.includes(event.type))) {
      const key = JSON.stringify([process.name, process.key?.(event)])
      const before = this.states.has(key) ? this.states.get(key) : process.initial
      const state = process.evolve ? process.evolve(before, event) : before
      this.states.set(key, state)
      for (const wanted of process.react(event, state)) {
        const outcome = await this.send(wanted)
        if (!outcome.ok && process.refusals?.[outcome.error.code] !== 'ignore') throw new Error(outcome.error.code)
      }
    }
  }
}
