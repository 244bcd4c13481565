import { derivedId } from '@billstream/kernel'
import type { Deliveries, Delivery, DeliveryAttempt } from '../ports/deliveries.port'
import { at } from './kit-instants'

export type Given = () => Deliveries

export function delivery(id: string, created: number, given: Partial<Delivery> = {}): Delivery {
  return {
    id,
    organizationId: 'organization-1',
    endpointId: 'endpoint-1',
    eventId: derivedId('event', id),
    correlationId: derivedId('correlation', id),
    format: 'boxbilling',
    webhookType: 'invoice.created',
    objectType: 'invoice',
    objectId: 'invoice-1',
    body: `{"id":"${id}","text":"Ünïcode \\u0000 💳"}`,
    status: 'pending',
    retries: 0,
    attempts: 0,
    nextAttemptAt: at(created),
    lastAttemptAt: null,
    httpStatus: null,
    response: null,
    createdAt: at(created),
    updatedAt: at(created),
    ...given,
  }
}

/** The delivery and its attempt as the worker records them after a try at so many seconds. */
export function tried(before: Delivery, seconds: number, outcome: Partial<Delivery> & Pick<Delivery, 'status'>) {
  const attempts = before.attempts + 1
  const success = outcome.status === 'succeeded'
  const common = { httpStatus: success ? 200 : 500, lastAttemptAt: at(seconds), updatedAt: at(seconds) }
  const after: Delivery = {
    ...before,
    ...common,
    response: 'answer',
    attempts,
    retries: attempts - 1,
    nextAttemptAt: null,
    ...outcome,
  }
  const attempt: DeliveryAttempt = {
    id: derivedId('attempt', before.id, attempts, seconds),
    deliveryId: before.id,
    organizationId: before.organizationId,
    attemptNumber: attempts,
    httpStatus: common.httpStatus,
    responseBody: 'answer',
    success,
    errorMessage: null,
    durationMs: 12,
    attemptedAt: at(seconds),
  }
  return [after, attempt] as const
}

export const take = (deliveries: Deliveries, seconds: number, limit = 100) =>
  deliveries.take(at(seconds), at(seconds + 60), limit)
export const idsOf = (found: readonly Delivery[]) => found.map(({ id }) => id)
export const otherObject = { objectId: 'invoice-2' }
