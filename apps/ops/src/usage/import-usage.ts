import type { OpsPorts } from '../ops'
import { REST_OF_LINE, UsageIngestion, type UsageMessage } from '@billstream/usage-ingestion'
import type { IngestAnswer } from '@billstream/usage-contracts'
import { isBad, type AnyLine, type InputFile } from './input-line'
import { isRefusal, type EventsOfLine, type LineEvent, type LineRefusal } from './line-events'
import type { RefusedFile } from './refused-file'
import type { UnknownOwners } from './unknown-names'

/** Events of one transaction, at least; a line is never split. */
const BATCH_EVENTS = 1_500
/** Lines without any event that is taken, after which what was refused is written. */
const BATCH_REFUSALS = 5_000
/** Transactions at once: one is written while the next is prepared. */
const IN_FLIGHT_MAX = 2

type ImportPorts = Pick<OpsPorts, 'usageLog' | 'views' | 'viewProgress' | 'clock' | 'ids'>

export interface UsageImport {
  readonly organizationId: string
  readonly eventsOf: EventsOfLine
  /** Of the organization's metrics. */
  readonly codes: ReadonlySet<string>
  readonly dryRun: boolean
  readonly refused: RefusedFile
  readonly unknown: UnknownOwners
  readonly signal: AbortSignal
  /** So many more lines are done, which are so many bytes of the file. */
  progress(lines: number, bytes: number): void
}

export interface ImportTotals {
  /** Lines of the file that are done: all of them, or those before the interruption. */
  lines: number
  /** The last of them. */
  lastLine: number
  /** On a dry run: would be, unless they are there already. */
  ingested: number
  duplicates: number
  conflicts: number
  refused: number
  /** Lines of which nothing is taken: all events that are refused are theirs. */
  refusedLines: number
}

interface Batch {
  readonly events: LineEvent[]
  /** The line of each event. */
  readonly lineOf: number[]
  readonly refusals: LineRefusal[]
  lines: number
  lastLine: number
  bytes: number
}

/** A metric went away while its usage was imported. */
export class ImportRefused extends Error {
  override readonly name = 'ImportRefused'
}

/**
 * Brings a file's usage in, by the same checks and the same log as the service. Whole batches only: an interruption leaves
 * every line before `lastLine` done and none after it. What is there already counts as a duplicate.
 */
export async function importUsage(input: InputFile, ports: ImportPorts, task: UsageImport): Promise<ImportTotals> {
  const totals: ImportTotals = {
    lines: 0,
    lastLine: 0,
    ingested: 0,
    duplicates: 0,
    conflicts: 0,
    refused: 0,
    refusedLines: 0,
  }
  // The service looks for changed periods every second: it needs no call.
  const ingestion = new UsageIngestion(ports, () => undefined)
  const inFlight: Promise<void>[] = []
  const send = async (batch: Batch): Promise<void> => {
    if (inFlight.length === IN_FLIGHT_MAX) await inFlight.shift()
    const sent = takeBatch(batch, { ingestion, ports, task, totals })
    // It is awaited when its place is needed, or at the end.
    sent.catch(() => undefined)
    inFlight.push(sent)
  }
  try {
    for await (const batch of batchesOf(input, task)) {
      if (task.signal.aborted) break
      await send(batch)
    }
  } finally {
    await Promise.all(inFlight)
  }
  return totals
}

async function* batchesOf(input: InputFile, task: UsageImport): AsyncGenerator<Batch> {
  let [batch, from] = [emptyBatch(), 0]
  const whole = (): Batch => {
    const to = input.bytesTaken()
    batch.bytes = to - from
    from = to
    return batch
  }
  for await (const line of input.lines) {
    addLine(batch, line, task)
    if (batch.events.length < BATCH_EVENTS && batch.refusals.length < BATCH_REFUSALS) continue
    yield whole()
    batch = emptyBatch()
  }
  if (batch.lines > 0) yield whole()
}

function emptyBatch(): Batch {
  return { events: [], lineOf: [], refusals: [], lines: 0, lastLine: 0, bytes: 0 }
}

/**
 * A line is taken whole or not at all. Ids follow from what the whole line says: corrected, it would bring what was taken of it
 * under other ids, and that would count twice.
 */
function addLine(batch: Batch, line: AnyLine, { eventsOf, codes }: UsageImport): void {
  batch.lines += 1
  batch.lastLine = line.line
  if (isBad(line)) {
    batch.refusals.push({ line: line.line, event: '', code: 'malformed_line', field: '', message: line.problem })
    return
  }
  const events = eventsOf(line).map((event) =>
    isRefusal(event) || codes.has(event.code) ? event : unknownCode(line.line, event.code),
  )
  const isRefused = events.some(isRefusal)
  for (const event of events) {
    if (isRefusal(event)) batch.refusals.push(event)
    else if (isRefused) batch.refusals.push({ line: line.line, event: event.code, field: '', ...REST_OF_LINE })
    else {
      batch.events.push(event)
      batch.lineOf.push(line.line)
    }
  }
}

function unknownCode(line: number, event: string): LineRefusal {
  const message = `There is no billable metric with the code ${event}.`
  return { line, event, code: 'unknown_metric_code', field: 'code', message }
}

interface Taking {
  readonly ingestion: UsageIngestion
  readonly ports: ImportPorts
  readonly task: UsageImport
  readonly totals: ImportTotals
}

async function takeBatch(batch: Batch, { ingestion, ports, task, totals }: Taking): Promise<void> {
  const createdAt = ports.clock.now()
  const events = batch.events.map((event) => ({ ...event, createdAt }))
  const { organizationId, dryRun } = task
  const message = { requestId: ports.ids.next(), organizationId, payload: { events, batch: true }, lines: batch.lineOf }
  const taken = events.length === 0 ? [] : await outcomesOf(ingestion, message, dryRun)
  const refusals = [...batch.refusals]
  for (const [index, outcome] of taken.entries()) {
    const { code: event = '' } = batch.events[index] ?? {}
    count(outcome, totals)
    if ('reason' in outcome) refusals.push({ line: batch.lineOf[index] ?? 0, event, ...outcome.reason })
  }
  totals.refused += batch.refusals.length
  totals.refusedLines += new Set(refusals.filter(({ code }) => code !== CONFLICT.code).map(({ line }) => line)).size
  totals.lines += batch.lines
  totals.lastLine = Math.max(totals.lastLine, batch.lastLine)
  await task.unknown.see(takenOf(batch, taken))
  await task.refused.add(refusals.sort((a, b) => a.line - b.line))
  task.progress(batch.lines, batch.bytes)
}

/** The events that are in, or would be. */
function takenOf({ events }: Batch, outcomes: readonly Outcome[]): LineEvent[] {
  return events.filter((_, index) => outcomes[index] && !('reason' in outcomes[index]))
}

type Reason = Pick<LineRefusal, 'code' | 'field' | 'message'>
type Outcome =
  { readonly kind: 'created' | 'duplicate' } | { readonly kind: 'conflict' | 'refused'; readonly reason: Reason }

function count({ kind }: Outcome, totals: ImportTotals): void {
  if (kind === 'created') totals.ingested += 1
  else if (kind === 'duplicate') totals.duplicates += 1
  else if (kind === 'conflict') totals.conflicts += 1
  else totals.refused += 1
}

async function outcomesOf(ingestion: UsageIngestion, message: UsageMessage, dryRun: boolean): Promise<Outcome[]> {
  if (dryRun) {
    const checked = await ingestion.check(message)
    if (!checked.ok) throw new ImportRefused(checked.refusal.message)
    return checked.refusals.map((refusal) =>
      refusal ? { kind: 'refused', reason: { ...refusal, field: refusal.field ?? '' } } : { kind: 'created' },
    )
  }
  const [answer] = await ingestion.ingest([message])
  if (!answer?.ok) throw new ImportRefused(answer?.message ?? 'The usage log gave no answer.')
  return answer.events.map(outcomeOf)
}

const CONFLICT = {
  code: 'conflict',
  field: 'transaction_id',
  message: 'Another event was taken under this transaction id; it stays.',
} as const

function outcomeOf(event: Extract<IngestAnswer, { ok: true }>['events'][number]): Outcome {
  switch (event.status) {
    case 'created':
    case 'duplicate':
      return { kind: event.status }
    case 'conflict':
      return { kind: 'conflict', reason: CONFLICT }
    case 'refused':
      return { kind: 'refused', reason: { code: event.code, field: event.field, message: event.message } }
  }
}
