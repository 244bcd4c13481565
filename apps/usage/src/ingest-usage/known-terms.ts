import { customerProjection, testClockProjection } from '@billstream/accounts-read-model'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import type { MeteredMetric } from '@billstream/usage-domain'
import { billableMetricProjection } from '@billstream/usage-read-model'
import { LRUCache } from 'lru-cache'

/** Metrics of an organization that are kept, at most. */
const METRICS_MAX = 10_000
const ORGANIZATIONS_MAX = 1_000
const CUSTOMERS_MAX = 50_000
/** A test clock moves on; its time is looked up again after this, in milliseconds. */
const CLOCK_TTL_MS = 1_000

type TermsPorts = Pick<PlatformPorts, 'views' | 'viewProgress'>

/** Metrics and clocks as the views know them, kept while the views have not moved. */
export class KnownTerms {
  private readonly metrics = new LRUCache<string, { at: bigint; byCode: ReadonlyMap<string, MeteredMetric> }>({
    max: ORGANIZATIONS_MAX,
  })
  private readonly clocks = new LRUCache<string, { now: string | undefined }>({ max: CUSTOMERS_MAX, ttl: CLOCK_TTL_MS })

  constructor(private readonly ports: TermsPorts) {}

  /** By code. A code that is not known is looked for again as soon as the view has moved. */
  async metricsOf(organizationId: string, codes: ReadonlySet<string>): Promise<ReadonlyMap<string, MeteredMetric>> {
    const at = (await this.ports.viewProgress.positions()).get(billableMetricProjection.name) ?? 0n
    const known = this.metrics.get(organizationId)
    if (known && (known.at === at || [...codes].every((code) => known.byCode.has(code)))) return known.byCode
    const rows = await this.ports.views.find(billableMetricProjection.view, organizationId, {
      where: { status: 'active' },
      limit: METRICS_MAX,
    })
    const byCode = new Map(rows.map((row) => [row.code, meteredMetric(row)]))
    this.metrics.set(organizationId, { at, byCode })
    return byCode
  }

  /** The time of the customer's test clock; undefined for real time and for customers that are not known. */
  async customerNow(organizationId: string, externalCustomerId: string): Promise<string | undefined> {
    const key = `${organizationId} ${externalCustomerId}`
    const known = this.clocks.get(key)
    if (known) return known.now
    const now = await this.lookUpClock(organizationId, externalCustomerId)
    this.clocks.set(key, { now })
    return now
  }

  private async lookUpClock(organizationId: string, externalId: string): Promise<string | undefined> {
    const [customer] = await this.ports.views.find(customerProjection.view, organizationId, {
      where: { external_id: externalId, status: 'active' },
      limit: 1,
    })
    if (!customer?.test_clock_id) return undefined
    return (await this.ports.views.get(testClockProjection.view, organizationId, customer.test_clock_id))?.frozen_time
  }
}

function meteredMetric({
  aggregation_type,
  field_name,
}: {
  aggregation_type: string
  field_name: string | null
}): MeteredMetric {
  return { aggregation: aggregation_type as MeteredMetric['aggregation'], fieldName: field_name }
}
