import { compareInstants, epochMicros, instantOfMicros } from '@billstream/kernel'
import type {
  ChangedPeriod,
  ComparedAggregates,
  Ingested,
  IngestOutcome,
  MeasuredMetric,
  MeasurementKey,
  Measurement,
  MeasureRequest,
  UsageBatch,
  UsageEvent,
  UsageListFilter,
  UsageLog,
  UsagePageFilter,
  UsageScope,
} from '../ports/usage-log.port'
import { jsonCopy } from './json-copy'
import { measureMetric, type MeasurableEvent } from './measure-metric'
import { belongsTo, MeasuredPeriods } from './measured-periods.memory'
import { listUsage, pageOfUsage } from './usage-list'

const MICROS_PER_HOUR = 3_600_000_000n

interface Kept extends MeasurableEvent {
  readonly requestId: string
  readonly ingestion: number
}

/** The log of one process: every event is kept, nothing is aggregated. */
export class MemoryUsageLog implements UsageLog {
  private readonly organizations = new Map<string, Map<string, Kept>>()
  private readonly periods = new MeasuredPeriods()
  private readonly measurements = new Map<string, Measurement>()
  private ingestions = 0

  async ingest(batches: readonly UsageBatch[]): Promise<Ingested> {
    this.ingestions += 1
    let periodsChanged = false
    const outcomes = batches.map((batch) => {
      const seen = new Set<string>()
      return batch.events.map((event) => {
        const outcome = this.keep(batch, event, seen)
        if (outcome.isNew) periodsChanged = this.periods.mark(batch.organizationId, event) || periodsChanged
        return outcome.outcome
      })
    })
    return { outcomes, periodsChanged }
  }

  async measure(request: MeasureRequest): Promise<Measurement> {
    const { measurementId, organizationId, period } = request
    const place = placeOf(organizationId, measurementId)
    const known = this.measurements.get(place)
    if (known) return jsonCopy(known)
    const corrected = this.periods
      .openAmong(organizationId, request.subscriptionId, request.corrections)
      .filter(({ invoiceId }) => invoiceId !== request.invoiceId)
    const measurement: Measurement = {
      measurementId,
      watermark: String(this.ingestions),
      metrics: period === null ? [] : this.metricsOf({ ...request, ...period }),
      corrections: corrected.map((each) => ({
        invoiceId: each.invoiceId,
        from: each.from,
        to: each.to,
        request: each.request,
        metrics: this.metricsOf(each),
      })),
    }
    this.periods.measured(request)
    if (request.settles) this.periods.settle(corrected)
    this.measurements.set(place, jsonCopy(measurement))
    return jsonCopy(measurement)
  }

  async current(scope: UsageScope): Promise<readonly MeasuredMetric[]> {
    return this.metricsOf(scope)
  }

  async recount(scope: UsageScope, watermark: string): Promise<readonly MeasuredMetric[]> {
    return this.metricsOf(scope, BigInt(watermark))
  }

  async keptMeasurement(organizationId: string, measurementId: string): Promise<unknown> {
    const kept = this.measurements.get(placeOf(organizationId, measurementId))
    return kept && jsonCopy(kept)
  }

  async measurementsKept(after: MeasurementKey | null, limit: number): Promise<MeasurementKey[]> {
    const behind = after ? placeOf(after.organizationId, after.measurementId) : ''
    const places = [...this.measurements.keys()].filter((place) => place > behind).sort()
    return places.slice(0, limit).map(keyOf)
  }

  /** There are only events, so each hour of them is what it is. */
  async compareAggregates(): Promise<ComparedAggregates> {
    const events = [...this.organizations].flatMap(([organization, kept]) =>
      [...kept.values()].map((event) => ({ ...event, organization })),
    )
    const hours = new Set(
      events.map(({ organization, externalCustomerId, externalSubscriptionId, code, timestamp }) =>
        JSON.stringify([organization, externalCustomerId, externalSubscriptionId, code, hourOf(timestamp)]),
      ),
    )
    return { events: events.length, checked: hours.size, differing: 0, differences: [], next: null }
  }

  async changedPeriods(limit: number): Promise<ChangedPeriod[]> {
    return this.periods.unannounced(limit)
  }

  async announced(periods: readonly ChangedPeriod[]): Promise<void> {
    this.periods.announced(periods)
  }

  async openPeriodsOf(organizationId: string, subscriptionId: string, limit: number): Promise<ChangedPeriod[]> {
    return this.periods.open(organizationId, subscriptionId).slice(0, limit)
  }

  async get(organizationId: string, id: string): Promise<UsageEvent | undefined> {
    return this.eventsOf(organizationId).find((event) => event.id === id)
  }

  async list(organizationId: string, filter: UsageListFilter): Promise<{ events: UsageEvent[]; total: number }> {
    return listUsage(this.eventsOf(organizationId), filter)
  }

  async page(organizationId: string, filter: UsagePageFilter): Promise<UsageEvent[]> {
    return pageOfUsage(this.eventsOf(organizationId), filter)
  }

  async volume(organizationId: string, fromHour: string, toHour: string): Promise<{ hour: string; count: number }[]> {
    const counts = new Map<string, number>()
    for (const { timestamp } of this.eventsOf(organizationId)) {
      const hour = hourOf(timestamp)
      if (compareInstants(hour, fromHour) < 0 || compareInstants(hour, toHour) > 0) continue
      counts.set(hour, (counts.get(hour) ?? 0) + 1)
    }
    return [...counts].map(([hour, count]) => ({ hour, count })).sort((a, b) => compareInstants(a.hour, b.hour))
  }

  async hasEvents(organizationId: string, code: string): Promise<boolean> {
    return this.eventsOf(organizationId).some((event) => event.code === code)
  }

  private keep(
    { requestId, organizationId }: UsageBatch,
    event: UsageEvent,
    seen: Set<string>,
  ): { outcome: IngestOutcome; isNew: boolean } {
    const events = this.organizations.get(organizationId) ?? new Map<string, Kept>()
    this.organizations.set(organizationId, events)
    const { transactionId, contentHash } = event
    const known = events.get(transactionId)
    const isFirst = !seen.has(transactionId)
    seen.add(transactionId)
    if (!known) {
      const micros = epochMicros(event.timestamp)
      events.set(transactionId, { ...event, micros, requestId, ingestion: this.ingestions })
      return { outcome: { kind: 'created', event }, isNew: true }
    }
    const stored = toUsageEvent(known)
    if (known.contentHash !== contentHash) return { outcome: { kind: 'conflict', event: stored }, isNew: false }
    const kind = isFirst && known.requestId === requestId ? 'created' : 'duplicate'
    return { outcome: { kind, event: stored }, isNew: false }
  }

  private metricsOf(scope: UsageScope, watermark = BigInt(this.ingestions)): MeasuredMetric[] {
    const events = [...(this.organizations.get(scope.organizationId)?.values() ?? [])]
    const inScope = events.filter((event) => event.ingestion <= watermark && belongsTo(event, scope))
    return scope.codes.map((code) =>
      measureMetric(
        code,
        inScope.filter((event) => event.code === code),
      ),
    )
  }

  private eventsOf(organizationId: string): UsageEvent[] {
    return [...(this.organizations.get(organizationId)?.values() ?? [])].map(toUsageEvent)
  }
}

function placeOf(organizationId: string, measurementId: string): string {
  return JSON.stringify([organizationId, measurementId])
}

function keyOf(place: string): MeasurementKey {
  const [organizationId, measurementId] = JSON.parse(place) as [string, string]
  return { organizationId, measurementId }
}

function toUsageEvent({ requestId: _, micros: __, ingestion: ___, ...event }: Kept): UsageEvent {
  return event
}

function hourOf(timestamp: string): string {
  const micros = epochMicros(timestamp)
  const sinceHour = ((micros % MICROS_PER_HOUR) + MICROS_PER_HOUR) % MICROS_PER_HOUR
  return instantOfMicros(micros - sinceHour)
}
