import { createHash } from 'node:crypto'
import type { PlatformPorts, UsageBatch, UsageIngestor, WakeUp } from '@billstream/event-sourcing-runtime'
import type { IngestAnswer, IngestedEvent, IngestEvent, IngestRequest } from '@billstream/usage-contracts'
import { acceptUsage, latestTimestamp, type AcceptedUsage, type MeteredMetric } from '@billstream/usage-domain'
import { toEventView } from '../usage-reads/usage-event.view'
import { KnownTerms } from './known-terms'

type IngestPorts = Pick<PlatformPorts, 'usageLog' | 'views' | 'viewProgress' | 'clock'>
type Message = Parameters<UsageIngestor>[0][number]

interface Checked {
  readonly message: Message
  /** Refused as a whole, or per event what is stored or why not. */
  readonly answer: IngestAnswer | undefined
  readonly events: readonly (AcceptedUsage | Extract<IngestedEvent, { status: 'refused' }>)[]
}

/** Takes the requests of one moment: each event is checked by its metric, and all that can be stored goes in together. */
export function usageIngestor(ports: IngestPorts, lateUsage: WakeUp): UsageIngestor {
  const terms = new KnownTerms(ports)
  return async (messages) => {
    const checked = await Promise.all(messages.map((message) => check(message, terms, ports.clock.now())))
    const batches = checked.map(batchOf)
    const filled = batches.filter(({ events }) => events.length > 0)
    const { outcomes, periodsChanged } = filled.length > 0 ? await ports.usageLog.ingest(filled) : NOTHING
    if (periodsChanged) lateUsage.ring()
    const byBatch = new Map(filled.map((batch, index) => [batch, outcomes[index] ?? []]))
    return checked.map((each, index) => answerOf(each, byBatch.get(batches[index] as UsageBatch) ?? []))
  }
}

const NOTHING = { outcomes: [], periodsChanged: false }

async function check(message: Message, terms: KnownTerms, realNow: string): Promise<Checked> {
  const { organizationId } = message
  const { events } = message.payload as IngestRequest
  const metrics = await terms.metricsOf(organizationId, new Set(events.map(({ code }) => code)))
  const unknown = events.findIndex(({ code }) => !metrics.has(code))
  if (unknown >= 0) return { message, events: [], answer: unknownCode(events[unknown] as IngestEvent, unknown) }
  const checked = await Promise.all(
    events.map((event) => checkEvent(event, { organizationId, metrics, terms, realNow })),
  )
  return { message, events: checked, answer: undefined }
}

async function checkEvent(
  event: IngestEvent,
  context: { organizationId: string; metrics: ReadonlyMap<string, MeteredMetric>; terms: KnownTerms; realNow: string },
): Promise<Checked['events'][number]> {
  const { organizationId, metrics, terms, realNow } = context
  const customerNow = await terms.customerNow(organizationId, event.externalCustomerId)
  const metric = metrics.get(event.code)
  if (!metric) throw new Error(`${event.code} is no metric.`)
  const accepted = acceptUsage(event, { organizationId, metric, latest: latestTimestamp(realNow, customerNow), sha256 })
  if (accepted.ok) return accepted.value
  const { code, message, field = 'properties' } = accepted.error
  return { status: 'refused', code, field, message }
}

function batchOf({ message, events }: Checked): UsageBatch {
  const { requestId, organizationId } = message
  return { requestId, organizationId, events: events.filter((event) => 'contentHash' in event) }
}

function answerOf(
  { answer, events }: Checked,
  outcomes: Awaited<ReturnType<PlatformPorts['usageLog']['ingest']>>['outcomes'][number],
): IngestAnswer {
  if (answer) return answer
  const stored = [...outcomes]
  return {
    ok: true,
    events: events.map((event): IngestedEvent => {
      if (!('contentHash' in event)) return event
      const outcome = stored.shift()
      if (!outcome) throw new Error('The log answered fewer events than it was given.')
      return { status: outcome.kind, event: toEventView(outcome.event) }
    }),
  }
}

function unknownCode({ code }: IngestEvent, index: number): IngestAnswer {
  return { ok: false, code: 'unknown_metric_code', index, message: `There is no metric ${code}.`, field: 'code' }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
