import {
  Collected,
  type ChangedPeriod,
  type ComparedAggregates,
  type Ingested,
  type IngestOutcome,
  type MeasuredMetric,
  type MeasurementKey,
  type Measurement,
  type MeasureRequest,
  type UsageBatch,
  type UsageEvent,
  type UsageListFilter,
  type UsageLog,
  type UsagePageFilter,
  type UsageScope,
} from '@billstream/event-sourcing-runtime'
import type { Database } from '../database/database'
import type { Row, Statement } from '../database/statement-group'
import { announcePeriods, unannouncedPeriods, openPeriods } from './changed-periods'
import { lockCustomers, shareCustomers } from './customer-locks'
import { ingestUsage, type IncomingEvent, type IngestRow } from './ingest-usage'
import {
  usageEventById,
  usageEventsByTransaction,
  usageList,
  usageOfMetric,
  usageTotal,
  usageVolume,
  type UsageRow,
} from './list-usage'
import { readUsagePage } from './page-usage'
import { compareAggregates } from './compare-aggregates'
import { keptMeasurement, measurementsKept, recountedUsage } from './recount-usage'
import { currentUsage, measurementOf, measureUsage, type MeasurementBody } from './measure-usage'

const TRIES_MAX = 3
const DEADLOCK_DETECTED = '40P01'
const SERIALIZATION_FAILURE = '40001'

/** Measurements of one statement: while it runs, nothing is ingested for their customers. */
const MEASUREMENTS_MAX = 50

interface OpenPeriodsAsked {
  readonly organizationId: string
  readonly subscriptionId: string
  readonly limit: number
}

/** What is stored under a transaction id. */
interface Stored {
  readonly event: UsageEvent
  readonly requestId: string
}

/** The log in PostgreSQL. Everything of one organization runs under its row-level security. */
export class PostgresUsageLog implements UsageLog {
  private readonly measurements = new Collected<MeasureRequest, Measurement>(
    ({ organizationId, settles }) => `${organizationId} ${settles}`,
    (requests) => this.measureAll(requests),
  )
  private readonly periods = new Collected<OpenPeriodsAsked, ChangedPeriod[]>(
    ({ organizationId, limit }) => `${organizationId} ${limit}`,
    (asks) => this.openPeriodsOfAll(asks),
  )

  constructor(private readonly database: Pick<Database, 'tenant' | 'worker'>) {}

  async ingest(batches: readonly UsageBatch[]): Promise<Ingested> {
    const organizations = [...new Set(batches.map(({ organizationId }) => organizationId))]
    const results = await Promise.all(
      organizations.map((organizationId) =>
        this.ingestOf(
          organizationId,
          batches.filter((batch) => batch.organizationId === organizationId),
        ),
      ),
    )
    const outcomes = new Map(results.flatMap(({ outcomes }) => outcomes))
    return {
      outcomes: batches.map((batch) => outcomes.get(batch) ?? []),
      periodsChanged: results.some(({ periodsChanged }) => periodsChanged),
    }
  }

  measure(request: MeasureRequest): Promise<Measurement> {
    return this.measurements.ask(request)
  }

  async current(scope: UsageScope): Promise<readonly MeasuredMetric[]> {
    const rows = await this.rows<{ metrics: MeasuredMetric[] }>(scope.organizationId, [currentUsage(scope)])
    return rows[0]?.metrics ?? []
  }

  /** As the worker, as are those below: it may take longer than a request. */
  recount(scope: UsageScope, watermark: string): Promise<readonly MeasuredMetric[]> {
    return this.database.worker.query<MeasuredMetric & Row>(recountedUsage(scope, watermark))
  }

  async keptMeasurement(organizationId: string, measurementId: string): Promise<unknown> {
    const [row] = await this.database.worker.query(keptMeasurement(organizationId, measurementId))
    return row?.['body']
  }

  measurementsKept(after: MeasurementKey | null, limit: number): Promise<MeasurementKey[]> {
    return this.database.worker.query<MeasurementKey & Row>(measurementsKept(after, limit))
  }

  compareAggregates(from: string | null): Promise<ComparedAggregates> {
    return compareAggregates(from, this.database.worker)
  }

  changedPeriods(limit: number): Promise<ChangedPeriod[]> {
    return this.database.worker.query<ChangedPeriod>(unannouncedPeriods(limit))
  }

  async announced(periods: readonly ChangedPeriod[]): Promise<void> {
    if (periods.length > 0) await retried(() => this.database.worker.execute(announcePeriods(periods)))
  }

  openPeriodsOf(organizationId: string, subscriptionId: string, limit: number): Promise<ChangedPeriod[]> {
    return this.periods.ask({ organizationId, subscriptionId, limit })
  }

  async get(organizationId: string, id: string): Promise<UsageEvent | undefined> {
    const [row] = await this.rows<UsageRow>(organizationId, [usageEventById(organizationId, id)])
    return row && storedOf(row).event
  }

  async list(organizationId: string, filter: UsageListFilter): Promise<{ events: UsageEvent[]; total: number }> {
    const [events, total] = await Promise.all([
      this.rows<UsageRow>(organizationId, [usageList(organizationId, filter)]),
      this.rows<{ total: string }>(organizationId, [usageTotal(organizationId, filter)]),
    ])
    return { events: events.map((row) => storedOf(row).event), total: Number(total[0]?.total ?? 0) }
  }

  async page(organizationId: string, filter: UsagePageFilter): Promise<UsageEvent[]> {
    const rows = await readUsagePage((statements) => this.rows(organizationId, statements), organizationId, filter)
    return rows.map((row) => storedOf(row).event)
  }

  volume(organizationId: string, fromHour: string, toHour: string): Promise<{ hour: string; count: number }[]> {
    return this.rows(organizationId, [usageVolume(organizationId, fromHour, toHour)])
  }

  async hasEvents(organizationId: string, code: string): Promise<boolean> {
    const [row] = await this.rows<{ known: boolean }>(organizationId, [usageOfMetric(organizationId, code)])
    return row?.known === true
  }

  /** Those of one subscription one after the other, as each may settle what the next would correct. */
  private async measureAll(requests: readonly MeasureRequest[]): Promise<Measurement[]> {
    const bodies = new Map<string, MeasurementBody>()
    for (let left = requests; left.length > 0;) {
      const round = firstBySubscription(left)
      left = left.filter((request) => round.get(request.subscriptionId) !== request)
      const groups = inGroups([...round.values()], MEASUREMENTS_MAX)
      const rows = (await Promise.all(groups.map((group) => this.measureGroup(group)))).flat()
      for (const { id, body } of rows) bodies.set(id, body)
    }
    return requests.map(({ measurementId }) => {
      const body = bodies.get(measurementId)
      if (!body) throw new Error(`Measurement ${measurementId} was neither found nor made.`)
      return measurementOf(measurementId, body)
    })
  }

  private measureGroup(requests: readonly MeasureRequest[]): Promise<{ id: string; body: MeasurementBody }[]> {
    const [{ organizationId }] = requests as readonly [MeasureRequest]
    const customers = requests.map(({ externalCustomerId }) => externalCustomerId)
    return this.rows(organizationId, [lockCustomers(organizationId, customers), measureUsage(requests)])
  }

  private async openPeriodsOfAll(asks: readonly OpenPeriodsAsked[]): Promise<ChangedPeriod[][]> {
    const [{ organizationId, limit }] = asks as readonly [OpenPeriodsAsked]
    const subscriptions = [...new Set(asks.map(({ subscriptionId }) => subscriptionId))]
    const periods = await this.rows<ChangedPeriod>(organizationId, [openPeriods(organizationId, subscriptions, limit)])
    return asks.map((ask) => periods.filter(({ subscriptionId }) => subscriptionId === ask.subscriptionId))
  }

  private async ingestOf(
    organizationId: string,
    batches: readonly UsageBatch[],
  ): Promise<{ outcomes: [UsageBatch, IngestOutcome[]][]; periodsChanged: boolean }> {
    const incoming = firstOfEach(batches)
    if (incoming.size === 0) return { outcomes: [], periodsChanged: false }
    const events = [...incoming.values()]
    const customers = [...new Set(events.map(({ event }) => event.externalCustomerId))]
    const [row] = await this.rows<IngestRow & Row>(organizationId, [
      shareCustomers(organizationId, customers),
      ingestUsage(organizationId, events),
    ])
    const stored = row?.created_ids === null ? incoming : await this.storedOf(organizationId, incoming, row)
    const outcomes = batches.map((batch): [UsageBatch, IngestOutcome[]] => [batch, outcomesOf(batch, stored)])
    return { outcomes, periodsChanged: row?.periods_changed === true }
  }

  /** Read after the commit: rows that another transaction wrote meanwhile are visible only now, and no row ever changes. */
  private async storedOf(
    organizationId: string,
    incoming: ReadonlyMap<string, IncomingEvent>,
    row: IngestRow | undefined,
  ): Promise<ReadonlyMap<string, Stored>> {
    const created = new Set(row?.created_ids ?? [])
    const known = [...incoming.keys()].filter((transactionId) => !created.has(transactionId))
    const rows = await this.rows<UsageRow>(organizationId, [usageEventsByTransaction(organizationId, known)])
    return new Map([...incoming, ...rows.map((each): [string, Stored] => [each.transactionId, storedOf(each)])])
  }

  /** One round trip and one transaction under the organization's row-level security; the rows of the last statement. */
  private async rows<R>(organizationId: string, statements: readonly Statement[]): Promise<R[]> {
    const results = await retried(() => this.database.tenant.group(organizationId, statements))
    return (results.at(-1)?.rows ?? []) as R[]
  }
}

function firstBySubscription(requests: readonly MeasureRequest[]): Map<string, MeasureRequest> {
  return new Map([...requests].reverse().map((request) => [request.subscriptionId, request]))
}

function inGroups<T>(all: readonly T[], max: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / max) }, (_, index) => all.slice(index * max, (index + 1) * max))
}

function firstOfEach(batches: readonly UsageBatch[]): Map<string, IncomingEvent> {
  const first = new Map<string, IncomingEvent>()
  for (const { requestId, events } of batches) {
    for (const event of events) {
      if (!first.has(event.transactionId)) first.set(event.transactionId, { event, requestId })
    }
  }
  return first
}

/** A row that this request wrote, now or when it came before, is its own: reported as created where it stands first. */
function outcomesOf({ requestId, events }: UsageBatch, stored: ReadonlyMap<string, Stored>): IngestOutcome[] {
  const seen = new Set<string>()
  return events.map((event) => {
    const { transactionId, contentHash } = event
    const known = stored.get(transactionId) ?? { event, requestId }
    const isFirst = !seen.has(transactionId)
    seen.add(transactionId)
    if (known.event.contentHash !== contentHash) return { kind: 'conflict', event: known.event }
    return { kind: isFirst && known.requestId === requestId ? 'created' : 'duplicate', event: known.event }
  })
}

function storedOf({ requestId, ...event }: UsageRow): Stored {
  return { event, requestId }
}

/** Nothing here can deadlock by its order of locks; what the server still ends for such a reason runs again. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (tries === TRIES_MAX || !isTransient(error)) throw error
    }
  }
}

function isTransient(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === DEADLOCK_DETECTED || code === SERIALIZATION_FAILURE
}
