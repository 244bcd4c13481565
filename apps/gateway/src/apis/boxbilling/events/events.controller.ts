import { Controller } from '@nestjs/common'
import type { PublicError } from '@billstream/platform'
import {
  GetUsageEvent,
  ListUsageEvents,
  UsageVolume,
  type IngestedEvent,
  type UsageEventView,
} from '@billstream/usage-contracts'
import { CommandSender } from '../../../edge/commands/command-sender'
import { Refused } from '../../../edge/commands/refused'
import { RawJson } from '../../../edge/json/write-json'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { invalid } from '../../../edge/operation/read-request'
import { listReply, Reply } from '../../../edge/operation/reply'
import { PAGE_SIZE } from '../../../edge/queries/gateway-reads'
import { orderOf, sameNames } from '../../../edge/queries/list-order'
import { found } from '../refused'
import { createEvent, createEventBatch, getEvent, getEventVolume, listEvents } from './events.operations'
import { refusedField, UsageIngestion, type RefusedUsage, type Taken } from './usage-ingestion'
import { volumePoints, volumeWindow } from './volume-window'

const sortable = sameNames('id', 'transaction_id', 'external_customer_id', 'code', 'timestamp', 'created_at')

@Controller()
export class EventsController {
  constructor(
    private readonly ingestion: UsageIngestion,
    private readonly commands: CommandSender,
  ) {}

  @Handles(createEvent)
  async create({ body, caller, call }: InputOf<typeof createEvent>) {
    const [outcome] = await this.ingestion.ingest([body], { caller, call, batch: false })
    if (!outcome) throw new Error('An ingested event has no outcome.')
    if (outcome.status === 'refused') throw invalid([refusedField(outcome, ['body'])])
    return new Reply(presentTaken(outcome), { 'x-event-status': outcome.status })
  }

  @Handles(createEventBatch)
  async createBatch({ body, caller, call }: InputOf<typeof createEventBatch>) {
    const outcomes = await this.ingestion.ingest(body.events, { caller, call, batch: true })
    const indexed = outcomes.map((outcome, index) => ({ outcome, index }))
    const taken = indexed.flatMap(({ outcome, index }) =>
      outcome.status === 'refused' ? [] : [{ outcome, index, transaction_id: outcome.event.transactionId }],
    )
    const errors = indexed.flatMap(({ outcome, index }) =>
      outcome.status === 'refused' ? [presentRefused(outcome, index, body.events[index]?.transaction_id ?? '')] : [],
    )
    if (taken.length === 0) throw refusedBatch(outcomes)
    const ingested = taken.filter(({ outcome }) => outcome.status === 'created').length
    return {
      ingested,
      duplicates: taken.length - ingested,
      events: taken.map(({ outcome }) => presentTaken(outcome)),
      conflicts: taken
        .filter(({ outcome }) => outcome.status === 'conflict')
        .map(({ index, transaction_id }) => ({ index, transaction_id })),
      errors,
    }
  }

  @Handles(listEvents)
  async list({ query, caller, call }: InputOf<typeof listEvents>) {
    const filter = {
      ...onlySent({
        externalCustomerId: query.external_customer_id ?? undefined,
        code: query.code ?? undefined,
        fromTimestamp: query.from_timestamp ?? undefined,
        toTimestamp: query.to_timestamp ?? undefined,
      }),
      orderBy: orderOf(query.order_by, sortable),
      skip: query.skip ?? 0,
      limit: query.limit ?? PAGE_SIZE,
    }
    const { events, total } = await this.commands.ask(ListUsageEvents, filter, { caller, call })
    return listReply(events.map(presentEvent), total)
  }

  @Handles(getEventVolume)
  async volume({ query, caller, call }: InputOf<typeof getEventVolume>) {
    const sent = onlySent({ from: query.from_timestamp, to: query.to_timestamp })
    const window = volumeWindow(sent, call.receivedAt)
    if (!window.ok) throw new Refused(window.error)
    const { hours } = await this.commands.ask(UsageVolume, window.value, { caller, call })
    return { data_points: volumePoints(window.value, hours) }
  }

  @Handles(getEvent)
  async get({ params, caller, call }: InputOf<typeof getEvent>) {
    const { event } = await this.commands.ask(GetUsageEvent, { id: params.event_id }, { caller, call })
    return presentEvent(found(event ?? undefined, 'usage_event_not_found', 'There is no such event.'))
  }
}

/** None could be taken: every event is named. */
function refusedBatch(outcomes: readonly IngestedEvent[]): PublicError {
  const refusals = outcomes.flatMap((outcome) => (outcome.status === 'refused' ? [outcome] : []))
  return invalid(refusals.map((refusal, index) => refusedField(refusal, ['body', 'events', index])))
}

function presentTaken({ status, event }: Taken) {
  return status === 'conflict' ? { ...presentEvent(event), conflict: true } : presentEvent(event)
}

function presentEvent(event: UsageEventView) {
  return {
    id: event.id,
    transaction_id: event.transactionId,
    external_customer_id: event.externalCustomerId,
    external_subscription_id: event.externalSubscriptionId === '' ? null : event.externalSubscriptionId,
    code: event.code,
    timestamp: event.timestamp,
    properties: new RawJson(event.properties),
    created_at: event.createdAt,
  }
}

function presentRefused({ field, message }: RefusedUsage, index: number, transactionId: string) {
  return { index, transaction_id: transactionId, field, message }
}
