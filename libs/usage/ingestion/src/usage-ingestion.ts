import { hash } from 'node:crypto'
import type { Instant, Refusal } from '@billstream/kernel'
import type { IngestOutcome, PlatformPorts, UsageBatch, UsageEvent } from '@billstream/event-sourcing-runtime'
import type {
  IngestAnswer,
  IngestedEvent,
  IngestEvent,
  IngestRequest,
  UsageEventView,
} from '@billstream/usage-contracts'
import { acceptUsage, latestTimestamp, type MeteredMetric } from '@billstream/usage-domain'
import { customerClocks } from './customer-clocks'
import { MetricBook } from './metric-book'
import { malformedRequest } from './request-shape'
import { wholeLines, type Checked } from './whole-lines'

/** The events of one request. payload: an IngestRequest; what is none is refused, and fails nobody beside it. */
export interface UsageMessage {
  readonly requestId: string
  readonly organizationId: string
  readonly payload: unknown
  /** Of each event the line of the file that it comes from: of a line all are taken or none. Absent: each stands alone. */
  readonly lines?: readonly number[]
}

export type UsageChecked =
  | { readonly ok: true; readonly refusals: readonly (Refusal | undefined)[] }
  | { readonly ok: false; readonly refusal: RefusedRequest }

type RefusedRequest = Extract<IngestAnswer, { ok: false }>
type Metrics = ReadonlyMap<string, MeteredMetric>

/** A request that was looked through: refused whole, or each event accepted or refused. */
type Prepared =
  | { readonly kind: 'refused'; readonly answer: RefusedRequest }
  | { readonly kind: 'checked'; readonly events: readonly Checked[]; readonly batch: UsageBatch }

/**
 * Takes the requests of one moment together: checks each event by its metric, and writes all that can be taken at once.
 * Customers and subscriptions need not exist. Source: domain.md, section 5; rules/boxbilling.md, section 4.
 */
export class UsageIngestion {
  private readonly metrics: MetricBook

  /** periodsChanged: called after usage came for a measured period. */
  constructor(
    private readonly ports: Pick<PlatformPorts, 'usageLog' | 'views' | 'viewProgress' | 'clock'>,
    private readonly periodsChanged: () => void,
  ) {
    this.metrics = new MetricBook(ports)
  }

  async ingest(requests: readonly UsageMessage[]): Promise<IngestAnswer[]> {
    const prepared = await this.prepareAll(requests)
    const batches = prepared.flatMap((each) =>
      each.kind === 'checked' && each.batch.events.length > 0 ? [each.batch] : [],
    )
    const { outcomes, periodsChanged } = await this.ports.usageLog.ingest(batches)
    if (periodsChanged) this.periodsChanged()
    const outcomesOf = new Map(batches.map((batch, index) => [batch, outcomes[index] ?? []]))
    return prepared.map((each) =>
      each.kind === 'refused' ? each.answer : answerOf(each.events, outcomesOf.get(each.batch) ?? []),
    )
  }

  /** Looks through a request as `ingest` does, and writes nothing: what is refused of each event, or the refusal of all. */
  async check(request: UsageMessage): Promise<UsageChecked> {
    const [prepared] = await this.prepareAll([request])
    if (prepared?.kind === 'refused') return { ok: false, refusal: prepared.answer }
    return { ok: true, refusals: (prepared?.events ?? []).map((event) => (event.ok ? undefined : event.error)) }
  }

  private async prepareAll(requests: readonly UsageMessage[]): Promise<Prepared[]> {
    await this.metrics.refresh()
    const realNow = this.ports.clock.now()
    return Promise.all(requests.map((request) => this.prepare(request, realNow)))
  }

  private async prepare(message: UsageMessage, realNow: Instant): Promise<Prepared> {
    const { requestId, organizationId, payload, lines } = message
    const malformed = malformedRequest(payload)
    if (malformed) return { kind: 'refused', answer: malformed }
    const { events } = payload as IngestRequest
    const metrics = await this.metrics.metricsOf(organizationId, new Set(events.map(({ code }) => code)))
    const index = events.findIndex(({ code }) => !metrics.has(code))
    const stranger = events[index]
    if (stranger) return { kind: 'refused', answer: unknownCode(stranger, index) }
    const checked = wholeLines(await this.checkEvents(organizationId, { events, metrics, realNow }), lines)
    const taken = checked.flatMap((each) => (each.ok ? [each.value] : []))
    return { kind: 'checked', events: checked, batch: { requestId, organizationId, events: taken } }
  }

  /** Real time decides for nearly all events; only for those ahead of it the customers' clocks are asked. */
  private async checkEvents(
    organizationId: string,
    { events, metrics, realNow }: { events: readonly IngestEvent[]; metrics: Metrics; realNow: Instant },
  ): Promise<Checked[]> {
    const accept = (event: IngestEvent, latest: Instant): Checked => {
      const metric = metrics.get(event.code)
      if (!metric) throw new Error(`Metric ${event.code} was looked up before.`)
      return acceptUsage(event, { organizationId, metric, latest, sha256 })
    }
    const latest = latestTimestamp(realNow)
    const checked = events.map((event) => accept(event, latest))
    const ahead = events.filter((_, index) => isAhead(checked[index]))
    if (ahead.length === 0) return checked
    const customers = new Set(ahead.map(({ externalCustomerId }) => externalCustomerId))
    const clocks = await customerClocks(this.ports.views, organizationId, customers)
    return events.map((event, index): Checked => {
      const first = checked[index]
      const clock = clocks.get(event.externalCustomerId)
      return first && (clock === undefined || !isAhead(first)) ? first : accept(event, latestTimestamp(realNow, clock))
    })
  }
}

function isAhead(checked: Checked | undefined): boolean {
  return checked !== undefined && !checked.ok && checked.error.code === 'timestamp_in_future'
}

function sha256(text: string): string {
  return hash('sha256', text, 'hex')
}

function unknownCode({ code }: IngestEvent, index: number): RefusedRequest {
  const message = `There is no billable metric with the code ${code}.`
  return { ok: false, code: 'unknown_metric_code', index, message, field: 'code' }
}

/** outcomes: of the accepted events, in their order. */
function answerOf(events: readonly Checked[], outcomes: readonly IngestOutcome[]): IngestAnswer {
  let next = 0
  return { ok: true, events: events.map((event) => (event.ok ? ingested(outcomes[next++]) : refused(event.error))) }
}

function ingested(outcome: IngestOutcome | undefined): IngestedEvent {
  if (!outcome) throw new Error('The usage log left an event without an outcome.')
  return { status: outcome.kind, event: usageEventView(outcome.event) }
}

function refused({ code, message, field }: { code: string; message: string; field?: string }): IngestedEvent {
  return { status: 'refused', code, message, field: field ?? '' }
}

/** What is shown of a stored event. */
export function usageEventView(event: UsageEvent): UsageEventView {
  const { id, transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, properties, createdAt } =
    event
  return { id, transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, properties, createdAt }
}
