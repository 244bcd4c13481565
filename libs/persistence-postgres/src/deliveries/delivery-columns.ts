import type { Delivery, DeliveryAttempt } from '@billstream/event-sourcing-runtime'
import type { Parameter } from '../database/postgres-values'

/** A member of a row: its column and the column's type. */
type Columns<Row> = { readonly [Member in keyof Row & string]: readonly [column: string, type: string] }

const DELIVERY: Columns<Delivery> = {
  id: ['id', 'text'],
  organizationId: ['organization_id', 'text'],
  endpointId: ['endpoint_id', 'text'],
  eventId: ['event_id', 'text'],
  correlationId: ['correlation_id', 'text'],
  format: ['format', 'text'],
  webhookType: ['webhook_type', 'text'],
  objectType: ['object_type', 'text'],
  objectId: ['object_id', 'text'],
  body: ['body', 'text'],
  status: ['status', 'text'],
  retries: ['retries', 'int'],
  attempts: ['attempts', 'int'],
  nextAttemptAt: ['next_attempt_at', 'timestamptz'],
  lastAttemptAt: ['last_attempt_at', 'timestamptz'],
  httpStatus: ['http_status', 'int'],
  response: ['response', 'text'],
  createdAt: ['created_at', 'timestamptz'],
  updatedAt: ['updated_at', 'timestamptz'],
}

const ATTEMPT: Columns<DeliveryAttempt> = {
  id: ['id', 'text'],
  deliveryId: ['delivery_id', 'text'],
  organizationId: ['organization_id', 'text'],
  attemptNumber: ['attempt_number', 'int'],
  httpStatus: ['http_status', 'int'],
  responseBody: ['response_body', 'text'],
  success: ['success', 'boolean'],
  errorMessage: ['error_message', 'text'],
  durationMs: ['duration_ms', 'int'],
  attemptedAt: ['attempted_at', 'timestamptz'],
}

const members = Object.keys(DELIVERY) as (keyof Delivery)[]
const columns = members.map((member) => DELIVERY[member][0])

/** A select list that gives a delivery. */
export const DELIVERY_LIST = selectList(DELIVERY)
/** A select list that gives an attempt. */
export const ATTEMPT_LIST = selectList(ATTEMPT)

/** Inserts many in the order given; its parameters are those of `deliveryArrays`. */
export const INSERT_DELIVERIES = `
  insert into webhooks.deliveries (${columns.join(', ')})
  select ${columns.join(', ')}
    from unnest(${members.map((member, index) => `$${index + 1}::${DELIVERY[member][1]}[]`).join(', ')})
         with ordinality given (${columns.join(', ')}, place)
   order by place
  on conflict (id) do nothing`

export function deliveryArrays(deliveries: readonly Delivery[]): Parameter[] {
  return members.map((member) => deliveries.map((delivery) => delivery[member]))
}

function selectList<Row>(row: Columns<Row>): string {
  return Object.entries<readonly [string, string]>(row)
    .map(([member, [column]]) => `${column} as "${member}"`)
    .join(', ')
}
