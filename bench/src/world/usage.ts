import { randomUUID } from 'node:crypto'
import type { ApiClient } from './api-client'
import { doAll } from './drive'

/** Of one request, at most. */
export const BATCH_EVENTS = 100

/** A usage event as it is sent. */
export interface SentUsage {
  readonly transaction_id: string
  readonly external_customer_id: string
  readonly code: string
  readonly timestamp: string
  readonly properties: Readonly<Record<string, unknown>>
}

/** What a company that sells calls to a language model counts: tokens that go in and out are summed, calls are counted. */
export const METRICS = [
  { code: 'context_tokens', aggregation_type: 'sum', field_name: 'tokens' },
  { code: 'generated_tokens', aggregation_type: 'sum', field_name: 'tokens' },
  { code: 'llm_calls', aggregation_type: 'count' },
] as const

/** Resolves with the metrics' ids, in their order. */
export async function createMetrics(api: ApiClient): Promise<string[]> {
  const ids: string[] = []
  for (const metric of METRICS) ids.push((await api.post('/v1/billable_metrics/', { name: metric.code, ...metric })).id)
  return ids
}

/** Usage that was never sent before, of many customers in turn, as it happens now. */
export class UsageSource {
  private readonly series = randomUUID()
  private made = 0

  constructor(private readonly customers: number) {}

  next(): SentUsage {
    this.made += 1
    const { code } = METRICS[this.made % METRICS.length] ?? METRICS[0]
    return {
      transaction_id: `${this.series}-${this.made}`,
      external_customer_id: `customer-${this.made % this.customers}`,
      code,
      timestamp: new Date().toISOString(),
      properties: code === 'llm_calls' ? {} : { tokens: this.made % 4_000 },
    }
  }

  batch(): { events: SentUsage[] } {
    return { events: Array.from({ length: BATCH_EVENTS }, () => this.next()) }
  }
}

interface Ingested {
  readonly ingested: number
}

/** Sends one batch of new events. Throws when one of them was not taken. */
export async function ingestBatch(api: ApiClient, source: UsageSource): Promise<void> {
  const { ingested } = await api.post<Ingested>('/v1/events/batch', source.batch())
  if (ingested !== BATCH_EVENTS) throw new Error(`Only ${ingested} of ${BATCH_EVENTS} new events were ingested.`)
}

/** Sends at least so many events, in batches. */
export function ingestEvents(
  api: ApiClient,
  source: UsageSource,
  { callers, events }: { readonly callers: number; readonly events: number },
): Promise<void> {
  return doAll(callers, Math.ceil(events / BATCH_EVENTS), () => ingestBatch(api, source))
}
