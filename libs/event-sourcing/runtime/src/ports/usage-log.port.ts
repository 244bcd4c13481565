/** A usage event as it is stored. */
export interface UsageEvent {
  /** UUID v7 whose time is `createdAt`, so that ids sort as events came. */
  readonly id: string
  readonly transactionId: string
  readonly externalCustomerId: string
  /** Binds the event to one subscription; '' when it counts for every one of the customer. */
  readonly externalSubscriptionId: string
  readonly code: string
  /** Microseconds kept. */
  readonly timestamp: string
  /** JSON text, numbers as they were sent. */
  readonly properties: string
  /** The metric's field as an exact decimal, when the metric adds, compares or keeps it. */
  readonly value: string | null
  /** The metric's field in canonical JSON, for unique_count. */
  readonly distinct: string | null
  /** SHA-256 in hex of the canonical content: equal content is a repeat, other content a conflict. */
  readonly contentHash: string
  /** Real time. */
  readonly createdAt: string
}

/** The events of one request of one organization. */
export interface UsageBatch {
  readonly requestId: string
  readonly organizationId: string
  readonly events: readonly UsageEvent[]
}

/** `event` is what is stored under the transaction id: of a duplicate or conflict the first one, for ever. */
export interface IngestOutcome {
  readonly kind: 'created' | 'duplicate' | 'conflict'
  readonly event: UsageEvent
}

export interface Ingested {
  /** Per batch, per event, in the order given. */
  readonly outcomes: readonly (readonly IngestOutcome[])[]
  /** Whether a measured period got its first new event: `changedPeriods` has something to announce. */
  readonly periodsChanged: boolean
}

/** Exact parts of every aggregation of one metric; rating turns them into units. JSON-safe. */
export interface MeasuredMetric {
  readonly code: string
  readonly eventsCount: number
  readonly sum: string
  readonly max: string | null
  readonly latest: string | null
  readonly uniqueCount: number
}

/** Whose usage, of when, by which metrics. */
export interface UsageScope {
  readonly organizationId: string
  readonly externalCustomerId: string
  readonly externalSubscriptionId: string
  /** Half-open, UTC. */
  readonly from: string
  readonly to: string
  readonly codes: readonly string[]
}

export interface MeasureRequest {
  /** A repeat with the same id gives the stored measurement, whatever else it asks. */
  readonly measurementId: string
  readonly organizationId: string
  readonly externalCustomerId: string
  readonly externalSubscriptionId: string
  readonly subscriptionId: string
  /** The invoice that the measurement is for; its period is remembered as measured. */
  readonly invoiceId: string
  /** Half-open, UTC; null when nothing closes. */
  readonly period: { readonly from: string; readonly to: string; readonly codes: readonly string[] } | null
  /** JSON that is kept with the period, and given back when it changes or is corrected. */
  readonly request: unknown
  /** Invoices whose periods are measured again whole, as far as they are still open. */
  readonly corrections: readonly string[]
  /** The last measurement of its invoice: what has come so far, in its period and the corrected ones, is to be billed by it. */
  readonly settles: boolean
}

export interface MeasuredCorrection {
  readonly invoiceId: string
  readonly from: string
  readonly to: string
  readonly request: unknown
  readonly metrics: readonly MeasuredMetric[]
}

export interface Measurement {
  readonly measurementId: string
  /** Ingestion position of the log: of this customer everything up to it is measured, and nothing more can come below it. */
  readonly watermark: string
  /** One per code, in the order asked. */
  readonly metrics: readonly MeasuredMetric[]
  /** Oldest period first. */
  readonly corrections: readonly MeasuredCorrection[]
}

/** Which measurement it is. */
export type MeasurementKey = Pick<MeasureRequest, 'organizationId' | 'measurementId'>

/** What two tellings of one thing say: the events themselves, and what is kept of them. null: nothing. */
export interface AggregateDifference {
  readonly what: 'hour' | 'distinct values of an hour' | 'distinct values of a day' | 'meter'
  readonly organizationId: string
  /** The meter; its names where they are known. */
  readonly meter: string
  readonly externalSubscriptionId: string | null
  readonly code: string | null
  /** The start of the UTC hour or day; null of a meter. */
  readonly at: string | null
  /** JSON-safe. */
  readonly counted: unknown
  readonly kept: unknown
}

/** Aggregates that were compared with their events at one moment. */
export interface ComparedAggregates {
  readonly events: number
  /** Aggregates, those that are missing with them. */
  readonly checked: number
  readonly differing: number
  /** The first ones. */
  readonly differences: readonly AggregateDifference[]
  /** Where the next comparison begins; null: everything was compared. */
  readonly next: string | null
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
  /** As its measurement was asked for. */
  readonly request: unknown
  /** Rises with the first event after each measurement: one announcement each. */
  readonly change: number
}

/** Columns by which a list may be ordered; ties go by id. */
export const USAGE_ORDER_COLUMNS = [
  'created_at',
  'id',
  'transaction_id',
  'external_customer_id',
  'code',
  'timestamp',
] as const
export type UsageOrderColumn = (typeof USAGE_ORDER_COLUMNS)[number]

export interface UsageListFilter {
  readonly externalCustomerId?: string
  readonly code?: string
  /** Both inclusive. */
  readonly fromTimestamp?: string
  readonly toTimestamp?: string
  /** Newest first by default. */
  readonly orderBy?: { readonly column: UsageOrderColumn; readonly direction: 'asc' | 'desc' }
  readonly skip: number
  readonly limit: number
}

/** What is read in pages from the beginning to the end. */
export interface UsagePageFilter {
  readonly externalCustomerId?: string
  readonly code?: string
  /** Half-open. */
  readonly from?: string
  readonly to?: string
  /** Id of the last event of the page before; absent for the first page. */
  readonly after?: string
  readonly limit: number
}

/**
 * The append-only log of usage. Deduplicated by (organization, transaction id) for ever.
 * No event falls between measured and late: it is in the measurement, or its own transaction marks its period changed.
 * Throws StoreUnavailable when the log cannot be reached; every call may then be repeated.
 */
export interface UsageLog {
  /**
   * Durable when it resolves; all batches of one organization in one transaction. A transaction id counts once, the first in
   * the order given. A request that comes again (same request id) reports its own rows as created.
   */
  ingest(batches: readonly UsageBatch[]): Promise<Ingested>
  /**
   * Exclusive to the customer. The measurement is stored in the same transaction and its period remembered as measured and
   * unchanged. Measuring again, under another id, replaces no earlier measurement.
   */
  measure(request: MeasureRequest): Promise<Measurement>
  /** Usage as it stands: the same numbers as a measurement, one per code; nothing is stored. */
  current(scope: UsageScope): Promise<readonly MeasuredMetric[]>
  /**
   * For operators: the numbers of a measurement once more, counted from the events themselves and no aggregate: those up to its
   * watermark, so that they are the same for ever. Its cost is that of the events of the scope.
   */
  recount(scope: UsageScope, watermark: string): Promise<readonly MeasuredMetric[]>
  /** For operators: a measurement as JSON, as it is kept and in whatever form; undefined: none is kept. */
  keptMeasurement(organizationId: string, measurementId: string): Promise<unknown>
  /** For operators: measurements that are kept, of every organization, by organization and id; those behind `after`. null: the first. */
  measurementsKept(after: MeasurementKey | null, limit: number): Promise<MeasurementKey[]>
  /**
   * For operators: compares what is added up of usage, of every organization, with the events, both as of one moment; so it may run
   * while usage comes in. A part of the meters at a time. from: null to begin with, then `next` of the comparison before.
   */
  compareAggregates(from: string | null): Promise<ComparedAggregates>
  /** Changed periods of every organization that were not announced yet. */
  changedPeriods(limit: number): Promise<ChangedPeriod[]>
  /** A later change of the same period is announced anew. */
  announced(periods: readonly ChangedPeriod[]): Promise<void>
  /**
   * The measured periods of a subscription that are open for correction: those that no settling correction has held yet first, so
   * that a bound never keeps any from its turn, then oldest period first. Usage that comes after a period's
   * measurement opens it; the settling measurement of its own invoice closes it, or else two settling corrections: the first one
   * bills what has come, the second one finds what was left out or billed twice meanwhile, since a correction is the difference
   * to all that was billed.
   */
  openPeriodsOf(organizationId: string, subscriptionId: string, limit: number): Promise<ChangedPeriod[]>
  get(organizationId: string, id: string): Promise<UsageEvent | undefined>
  list(organizationId: string, filter: UsageListFilter): Promise<{ events: UsageEvent[]; total: number }>
  /** In the order of their ids, as they came; an empty page is the end. What comes meanwhile may be in none of them. */
  page(organizationId: string, filter: UsagePageFilter): Promise<UsageEvent[]>
  /** Events per UTC hour, ascending, hours without events left out. Bounds are whole hours, both inclusive. */
  volume(organizationId: string, fromHour: string, toHour: string): Promise<{ hour: string; count: number }[]>
  hasEvents(organizationId: string, code: string): Promise<boolean>
}
