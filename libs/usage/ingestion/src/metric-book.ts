import { LRUCache } from 'lru-cache'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import type { Aggregation } from '@billstream/usage-contracts'
import type { MeteredMetric } from '@billstream/usage-domain'
import { billableMetricProjection, billableMetricView } from '@billstream/usage-read-model'

/** Metrics remembered, of all organizations. */
const METRICS_MAX = 10_000

/**
 * Metrics by their code. They are remembered only while the view stands still: usage that is read by a metric's old field would
 * be wrong for ever. A code that is not remembered is looked up, so a new metric is known as soon as its maker has the answer.
 */
export class MetricBook {
  /** Counted by size, so that no room is taken before there are metrics. */
  private readonly remembered = new LRUCache<string, MeteredMetric>({ maxSize: METRICS_MAX, sizeCalculation: () => 1 })
  private position: bigint | undefined

  constructor(private readonly ports: Pick<PlatformPorts, 'views' | 'viewProgress'>) {}

  /** To be asked before a group of look-ups: forgets what may have changed since the last one. */
  async refresh(): Promise<void> {
    const position = (await this.ports.viewProgress.positions()).get(billableMetricProjection.name)
    if (position === this.position) return
    this.remembered.clear()
    this.position = position
  }

  /** The active metrics among the codes, by code. */
  async metricsOf(organizationId: string, codes: ReadonlySet<string>): Promise<ReadonlyMap<string, MeteredMetric>> {
    const known = new Map<string, MeteredMetric>()
    const unknown: string[] = []
    for (const code of codes) {
      const metric = this.remembered.get(placeOf(organizationId, code))
      if (metric) known.set(code, metric)
      else unknown.push(code)
    }
    if (unknown.length > 0) await this.lookUp(organizationId, unknown, known)
    return known
  }

  private async lookUp(organizationId: string, codes: string[], known: Map<string, MeteredMetric>): Promise<void> {
    const position = this.position
    const where = { code: { in: codes }, status: 'active' }
    const rows = await this.ports.views.find(billableMetricView, organizationId, { where, limit: codes.length })
    for (const { code, aggregation_type, field_name } of rows) {
      const metric = { aggregation: aggregation_type as Aggregation, fieldName: field_name }
      known.set(code, metric)
      // Somebody else may have seen the view move meanwhile: then these rows may be older than that.
      if (position === this.position) this.remembered.set(placeOf(organizationId, code), metric)
    }
  }
}

function placeOf(organizationId: string, code: string): string {
  return `${organizationId}\n${code}`
}
