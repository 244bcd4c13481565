/** A usage event as it is stored. */
export interface UsageEvent {
  readonly id: string
  readonly organizationId: string
  readonly transactionId: string
  readonly externalCustomerId: string
  /** Binds the event to one subscription; '' when it counts for every one of the customer. */
  readonly externalSubscriptionId: string
  readonly code: string
  /** Microseconds kept. */
  readonly timestamp: string
  /** JSON text, numbers as they were sent. */
  readonly properties: string
  /** The metric's field as an exact decimal, when it is a number. */
  readonly value: string | null
  /** The metric's field in canonical JSON, for unique_count. */
  readonly distinct: string | null
  /** SHA-256 of the canonical content: equal content is a repeat, other content a conflict. */
  readonly contentHash: string
  readonly createdAt: string
}

export type IngestOutcome =
  | { readonly kind: 'created'; readonly event: UsageEvent }
  | { readonly kind: 'duplicate'; readonly event: UsageEvent }
  | { readonly kind: 'conflict'; readonly event: UsageEvent }

/** One charge's metric to measure. */
export interface MetricToMeasure {
  readonly code: string
}

/** Exact parts of every aggregation; rating turns them into units. JSON-safe. */
export interface MeasuredMetric {
  readonly code: string
  readonly eventsCount: number
  readonly sum: string
  readonly max: string | null
  readonly latest: string | null
  readonly uniqueCount: number
}

export interface MeasureRequest {
  /** A repeat with the same id gives the stored measurement. */
  readonly measurementId: string
  readonly organizationId: string
  readonly externalCustomerId: string
  readonly subscriptionId: string
  readonly externalSubscriptionId: string
  /** Half-open, UTC. */
  readonly from: string
  readonly to: string
  readonly codes: readonly string[]
  /** The invoice that this period belongs to. */
  readonly invoiceId: string
}

export interface Measurement {
  readonly measurementId: string
  readonly watermark: string
  readonly metrics: readonly MeasuredMetric[]
}

/** A measured period that got events after its measurement. */
export interface ChangedPeriod {
  readonly organizationId: string
  readonly subscriptionId: string
  readonly externalSubscriptionId: string
  readonly externalCustomerId: string
  readonly invoiceId: string
  readonly from: string
  readonly to: string
  readonly codes: readonly string[]
  /** Counts the changes of this period: one announcement each. */
  readonly change: number
}

export interface UsageListFilter {
  readonly externalCustomerId?: string
  readonly code?: string
  /** Both inclusive. */
  readonly fromTimestamp?: string
  readonly toTimestamp?: string
  readonly orderBy?: { readonly column: string; readonly direction: 'asc' | 'desc' }
  readonly skip: number
  readonly limit: number
}

/**
 * The append-only log of usage. Deduplicated by (organization, transaction id) for ever.
 * No event falls between measured and late: it is in the measurement, or its own transaction marks its period changed.
 */
export interface UsageLog {
  /** One transaction; outcomes in the order given. An id twice in one batch counts once. A redelivered request (same requestId) reports its own rows as created. */
  ingest(requestId: string, events: readonly UsageEvent[]): Promise<IngestOutcome[]>
  /** Exclusive to the customer; the measurement is stored in the same transaction and marks the period unchanged. */
  measure(request: MeasureRequest): Promise<Measurement>
  /** Current usage: from the hourly aggregates and the broken hours; nothing is stored. */
  current(request: Omit<MeasureRequest, 'measurementId' | 'invoiceId'>): Promise<readonly MeasuredMetric[]>
  /** Changed periods that were not announced yet. */
  changedPeriods(limit: number): Promise<ChangedPeriod[]>
  announced(periods: readonly ChangedPeriod[]): Promise<void>
  /** Periods of a subscription that were measured and have changed since, oldest first. */
  changedOf(organizationId: string, subscriptionId: string): Promise<ChangedPeriod[]>
  get(organizationId: string, id: string): Promise<UsageEvent | undefined>
  list(organizationId: string, filter: UsageListFilter): Promise<{ events: UsageEvent[]; total: number }>
  /** Events per UTC hour, hours without events left out. */
  volume(organizationId: string, fromHour: string, toHour: string): Promise<{ hour: string; count: number }[]>
  hasEvents(organizationId: string, code: string): Promise<boolean>
}
