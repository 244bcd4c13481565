import { isEvent, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import { BillableMetric, type MeasuredCharge } from '@billstream/usage-contracts'

type Fields = EventOf<typeof BillableMetric.Defined>['data']['fields']

/** What every metric was told to count, and how it was rounded, by all that was recorded so far. */
export class MetricTermsBook {
  static readonly types = [BillableMetric.Defined.type, BillableMetric.Changed.type]
  private readonly versions = new Map<string, Fields[]>()

  see(event: RecordedEvent): void {
    if (isEvent(BillableMetric.Defined, event)) this.versions.set(event.data.id, [event.data.fields])
    if (isEvent(BillableMetric.Changed, event)) {
      const versions = this.versions.get(event.data.id) ?? []
      const last = versions.at(-1)
      if (last) versions.push({ ...last, ...event.data.changes })
    }
  }

  /** Whether the metric ever had the terms of the charge: those in force when it was measured may lie a few events back. */
  had({ metricId, metricCode, aggregation, rounding }: MeasuredCharge): boolean {
    return (this.versions.get(metricId) ?? []).some(
      ({ code, aggregationType, roundingFunction, roundingPrecision }) =>
        code === metricCode &&
        aggregationType === aggregation &&
        roundingFunction === (rounding?.fn ?? null) &&
        (rounding === null || (roundingPrecision ?? 0) === rounding.precision),
    )
  }
}
