import { once } from 'node:events'
import type { Writable } from 'node:stream'
import type { UsageEvent, UsageLog, UsagePageFilter } from '@billstream/event-sourcing-runtime'
import { safeText } from '../console/safe-text'
import { csvLine } from './csv-text'
import { EXPORTED_COLUMNS } from './line-events'

/** Events that are read at once. */
const PAGE_EVENTS = 2_000

export type ExportFormat = 'csv' | 'jsonl'

export interface UsageExport {
  readonly organizationId: string
  readonly filter: Omit<UsagePageFilter, 'after' | 'limit'>
  readonly format: ExportFormat
  /** It goes to a terminal: what that would obey is escaped. A file or a pipe gets every value as it is. */
  readonly isShown: boolean
  readonly signal: AbortSignal
  progress(events: number): void
}

/** Writes usage event by event, in the order in which it came; gives their number. Ends early, between two pages, with the signal. */
export async function exportUsage(log: Pick<UsageLog, 'page'>, out: Writable, task: UsageExport): Promise<number> {
  const formatted = task.format === 'csv' ? csvOf : jsonOf
  const lineOf = task.isShown ? (event: UsageEvent) => safeText(formatted(event)) : formatted
  let [written, after] = [0, undefined as string | undefined]
  if (task.format === 'csv') await write(out, csvLine([...EXPORTED_COLUMNS, 'created_at']))
  while (!task.signal.aborted) {
    const filter = { ...task.filter, ...(after !== undefined && { after }), limit: PAGE_EVENTS }
    const events = await log.page(task.organizationId, filter)
    await write(out, events.map(lineOf).join(''))
    written += events.length
    task.progress(events.length)
    if (events.length < PAGE_EVENTS) break
    after = events.at(-1)?.id
  }
  return written
}

async function write(out: Writable, text: string): Promise<void> {
  if (!out.write(text)) await once(out, 'drain')
}

function csvOf(event: UsageEvent): string {
  const { transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, properties, createdAt } = event
  return csvLine([transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, properties, createdAt])
}

/** The properties go out as they were sent, on one line: a line break in JSON stands between tokens only. */
function jsonOf(event: UsageEvent): string {
  const { transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, createdAt } = event
  const head = JSON.stringify({
    transaction_id: transactionId,
    external_customer_id: externalCustomerId,
    external_subscription_id: externalSubscriptionId,
    code,
    timestamp,
    created_at: createdAt,
  })
  return `${head.slice(0, -1)},"properties":${event.properties.replace(/[\r\n]+/g, ' ')}}\n`
}
