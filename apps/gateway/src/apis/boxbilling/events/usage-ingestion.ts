import { derivedId } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import type { FieldProblem } from '@billstream/platform'
import {
  USAGE_PROPERTIES_BYTES_MAX,
  type IngestAnswer,
  type IngestedEvent,
  type IngestEvent,
  type IngestRequest,
} from '@billstream/usage-contracts'
import { billableMetricView } from '@billstream/usage-read-model'
import type { KeyCaller } from '../../../edge/authentication/caller'
import type { Call, InputOf } from '../../../edge/operation/operation'
import { invalid } from '../../../edge/operation/read-request'
import type { GatewayReads } from '../../../edge/queries/gateway-reads'
import type { createEvent } from './events.operations'
import { splitUsage, type UsagePart } from './split-usage'

export type SentEvent = InputOf<typeof createEvent>['body']
export type Taken = Exclude<IngestedEvent, { status: 'refused' }>
export type RefusedUsage = Extract<IngestedEvent, { status: 'refused' }>

interface Source {
  readonly caller: KeyCaller
  readonly call: Call
  readonly batch: boolean
}

/** Hands usage to its service; the call's command id names the request, so a repeat counts its own events as ingested. */
export class UsageIngestion {
  constructor(
    private readonly bus: MessageBus,
    private readonly reads: GatewayReads,
  ) {}

  /** The outcome of each event, in the order sent. Throws PublicError 422 for an unknown metric code or an event too large. */
  async ingest(sent: readonly SentEvent[], source: Source): Promise<readonly IngestedEvent[]> {
    checkSizes(sent, source)
    const events = sent.map((event) => toIngest(event, source.call))
    const parts = splitUsage(events, { shards: this.bus.usageShards })
    if (parts.length > 1) await this.checkCodes(sent, source)
    const outcomes: IngestedEvent[] = []
    // Parts of one shard go one after another, since the first of a transaction id counts; shards side by side.
    const shards = [...new Set(parts.map(({ shard }) => shard))]
    const numbered = parts.map((part, number) => ({ ...part, number }))
    await Promise.all(
      shards.map(async (shard) => {
        for (const part of numbered.filter((each) => each.shard === shard)) {
          const answers = await this.send(part, source)
          part.indexes.forEach((index, place) => (outcomes[index] = answers[place] as IngestedEvent))
        }
      }),
    )
    return outcomes
  }

  private async send(
    { events, indexes, shard, number }: UsagePart & { readonly number: number },
    source: Source,
  ): Promise<readonly IngestedEvent[]> {
    const { caller, call, batch } = source
    const requestId = number === 0 ? call.commandId : derivedId('usage-part', call.commandId, number)
    const payload: IngestRequest = { events: [...events], batch }
    const request = { requestId, organizationId: caller.organizationId, shard, payload }
    const answer = await this.bus.ingest<IngestAnswer>(request)
    if (!answer.ok) throw invalid([refusedField(answer, placeOf(indexes[answer.index] ?? 0, source))])
    return answer.events
  }

  /** An unknown code refuses the whole batch: of several messages the first must not be taken before the last was looked at. */
  private async checkCodes(sent: readonly SentEvent[], source: Source): Promise<void> {
    const codes = [...new Set(sent.map(({ code }) => code))]
    const where = { code: { in: codes }, status: 'active' }
    const options = { where, limit: codes.length }
    const known = await this.reads.views.find(billableMetricView, source.caller.organizationId, options)
    const index = sent.findIndex(({ code }) => !known.some((metric) => metric.code === code))
    if (index < 0) return
    const message = `There is no billable metric with the code ${sent[index]?.code}.`
    throw invalid([refusedField({ code: 'unknown_metric_code', field: 'code', message }, placeOf(index, source))])
  }
}

/** Why one event was refused, and where it stands in the request. */
export function refusedField(
  { code, field, message }: { code: string; field: string; message: string },
  place: readonly (string | number)[],
): FieldProblem {
  return { type: code, loc: [...place, ...field.split('.')], msg: message }
}

function placeOf(index: number, { batch }: Source): (string | number)[] {
  return batch ? ['body', 'events', index] : ['body']
}

function checkSizes(sent: readonly SentEvent[], source: Source): void {
  const problems = sent.flatMap(({ properties }, index): FieldProblem[] => {
    if (properties === undefined || Buffer.byteLength(properties) <= USAGE_PROPERTIES_BYTES_MAX) return []
    const msg = `The properties of an event may have ${USAGE_PROPERTIES_BYTES_MAX} bytes.`
    return [{ type: 'event_too_large', loc: [...placeOf(index, source), 'properties'], msg }]
  })
  if (problems.length > 0) throw invalid(problems)
}

function toIngest(event: SentEvent, { receivedAt }: Call): IngestEvent {
  return {
    transactionId: event.transaction_id,
    externalCustomerId: event.external_customer_id,
    externalSubscriptionId: event.external_subscription_id ?? '',
    code: event.code,
    timestamp: event.timestamp,
    properties: event.properties ?? '{}',
    createdAt: receivedAt,
  }
}
