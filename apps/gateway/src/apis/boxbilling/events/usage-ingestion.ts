import type { MessageBus } from '@billstream/messaging'
import { PublicError, type FieldProblem } from '@billstream/platform'
import type { IngestAnswer, IngestedEvent, IngestEvent, IngestRequest } from '@billstream/usage-contracts'
import type { KeyCaller } from '../../../edge/authentication/caller'
import type { Call, InputOf } from '../../../edge/operation/operation'
import { invalid } from '../../../edge/operation/read-request'
import type { createEvent } from './events.operations'

/** Bytes of one usage event's properties. */
export const EVENT_BYTES_MAX = 64_000

export type SentEvent = InputOf<typeof createEvent>['body']
export type Taken = Exclude<IngestedEvent, { status: 'refused' }>
export type RefusedUsage = Extract<IngestedEvent, { status: 'refused' }>

/** Hands usage to its service; the call's command id names the request, so a repeat counts its own events as ingested. */
export class UsageIngestion {
  constructor(private readonly bus: MessageBus) {}

  /** The outcome of each event, in the order sent. Throws PublicError 422 for an unknown metric code or an event too large. */
  async ingest(
    sent: readonly SentEvent[],
    { caller, call, batch }: { caller: KeyCaller; call: Call; batch: boolean },
  ): Promise<readonly IngestedEvent[]> {
    const placeOf = (index: number) => (batch ? ['body', 'events', index] : ['body'])
    checkSizes(sent, placeOf)
    const payload: IngestRequest = { events: sent.map((event) => toIngest(event, call)), batch }
    const { organizationId } = caller
    const answer = await this.bus.ingest<IngestAnswer>({ requestId: call.commandId, organizationId, payload })
    if (answer.ok) return answer.events
    throw refusedUsage(answer, placeOf(answer.index))
  }
}

/** A refusal of one event as an error of the whole request. */
export function refusedUsage(
  { code, field, message }: { code: string; field: string; message: string },
  place: readonly (string | number)[],
): PublicError {
  return invalid([{ type: code, loc: [...place, ...field.split('.')], msg: message }])
}

function checkSizes(sent: readonly SentEvent[], placeOf: (index: number) => (string | number)[]): void {
  const problems = sent.flatMap(({ properties }, index): FieldProblem[] => {
    if (properties === undefined || Buffer.byteLength(properties) <= EVENT_BYTES_MAX) return []
    const msg = `The properties of an event may have ${EVENT_BYTES_MAX} bytes.`
    return [{ type: 'event_too_large', loc: [...placeOf(index), 'properties'], msg }]
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
