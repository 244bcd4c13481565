import type {
  DeliveredObject,
  Deliveries,
  Delivery,
  DeliveryAttempt,
  DeliverySearch,
  DeliveryStatus,
} from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import type { TenantQuery } from '../database/tenant-query'
import { storableText } from '../stored-text'
import { ATTEMPT_LIST, deliveryArrays, DELIVERY_LIST, INSERT_DELIVERIES } from './delivery-columns'
import { FAILING_SINCE, LIST, NEXT_AT, RECORD, SEARCH, STATS, TAKE } from './delivery-statements'

type EndpointStats = Awaited<ReturnType<Deliveries['stats']>>[number]

/** Deliveries and their attempts as rows. Work on them sees every organization; everything else is a tenant's. */
export class PostgresDeliveries implements Deliveries {
  constructor(
    private readonly tenant: TenantQuery,
    private readonly worker: Queries,
  ) {}

  async add(deliveries: readonly Delivery[]): Promise<void> {
    if (deliveries.length === 0) return
    await this.worker.execute({
      name: 'deliveries_add',
      text: INSERT_DELIVERIES,
      values: deliveryArrays(deliveries),
    })
  }

  take(now: string, leaseUntil: string, limit: number): Promise<Delivery[]> {
    const values = [now, leaseUntil, limit]
    return this.worker.query<Delivery>({ name: 'deliveries_take', text: TAKE, values })
  }

  async record(delivery: Delivery, attempt: DeliveryAttempt): Promise<void> {
    await this.worker.execute({
      name: 'delivery_record',
      text: RECORD,
      values: [
        delivery.id,
        attempt.id,
        attempt.attemptNumber,
        attempt.httpStatus,
        storableText(attempt.responseBody),
        attempt.success,
        storableText(attempt.errorMessage),
        attempt.durationMs,
        attempt.attemptedAt,
        delivery.status,
        delivery.retries,
        delivery.attempts,
        delivery.nextAttemptAt,
        delivery.lastAttemptAt,
        delivery.httpStatus,
        storableText(delivery.response),
        delivery.updatedAt,
        delivery.body,
      ],
    })
  }

  async nextAt(): Promise<string | undefined> {
    const [row] = await this.worker.query<{ next: string | null }>({ name: 'deliveries_next', text: NEXT_AT })
    return row?.next ?? undefined
  }

  async get(organizationId: string, id: string): Promise<Delivery | undefined> {
    const [delivery] = await this.tenant.rows<Delivery>(organizationId, {
      text: `select ${DELIVERY_LIST} from webhooks.deliveries where organization_id = $1 and id = $2`,
      values: [organizationId, id],
    })
    return delivery
  }

  attempts(organizationId: string, deliveryId: string): Promise<DeliveryAttempt[]> {
    return this.tenant.rows<DeliveryAttempt>(organizationId, {
      text: `select ${ATTEMPT_LIST} from webhooks.delivery_attempts
              where organization_id = $1 and delivery_id = $2 order by attempt_number, attempted_at, id`,
      values: [organizationId, deliveryId],
    })
  }

  async list(
    organizationId: string,
    filter: { webhookType?: string; status?: DeliveryStatus; skip: number; limit: number },
  ): Promise<{ deliveries: Delivery[]; total: number }> {
    const { webhookType = null, status = null, skip, limit } = filter
    const rows = await this.tenant.rows<{ total: string; delivery: boolean | null } & Delivery>(organizationId, {
      name: 'deliveries_list',
      text: LIST,
      values: [organizationId, webhookType, status, skip, limit],
    })
    const deliveries = rows.filter(({ delivery }) => delivery).map(({ total: _, delivery: __, ...row }) => row)
    return { deliveries, total: Number(rows[0]?.total ?? 0) }
  }

  ofEvent(eventId: string): Promise<Delivery[]> {
    return this.worker.query<Delivery>({
      text: `select ${DELIVERY_LIST} from webhooks.deliveries where event_id = $1 order by seq`,
      values: [eventId],
    })
  }

  search({ organizationId, object, status, from, to, after, limit }: DeliverySearch): Promise<Delivery[]> {
    const values = [
      ...[organizationId, status, from, to, after?.createdAt, after?.id, limit],
      ...[object?.objectType, object?.objectId],
    ]
    return this.worker.query<Delivery>({ text: SEARCH, values: values.map((value) => value ?? null) })
  }

  async retry(organizationId: string, id: string, now: string): Promise<Delivery | undefined> {
    const [delivery] = await this.tenant.rows<Delivery>(organizationId, {
      text: `update webhooks.deliveries
                set status = 'pending', next_attempt_at = $3, updated_at = $3, lease_until = null
              where organization_id = $1 and id = $2 and status = 'failed' returning ${DELIVERY_LIST}`,
      values: [organizationId, id, now],
    })
    return delivery
  }

  async stats(organizationId: string): Promise<EndpointStats[]> {
    const values = [organizationId]
    return this.tenant.rows<EndpointStats>(organizationId, { name: 'deliveries_stats', text: STATS, values })
  }

  async failingSince(organizationId: string, endpointId: string): Promise<string | undefined> {
    const [row] = await this.tenant.rows<{ since: string | null }>(organizationId, {
      name: 'deliveries_failing',
      text: FAILING_SINCE,
      values: [organizationId, endpointId],
    })
    return row?.since ?? undefined
  }

  async cancelOf(organizationId: string, endpointId: string, now: string): Promise<void> {
    await this.tenant.execute(organizationId, {
      text: `update webhooks.deliveries
                set status = 'failed', next_attempt_at = null, updated_at = $3, lease_until = null
              where organization_id = $1 and endpoint_id = $2 and status = 'pending'`,
      values: [organizationId, endpointId, now],
    })
  }

  async rewriteBodies(
    organizationId: string,
    { objectType, objectId }: DeliveredObject,
    rewrite: (body: string) => string,
  ): Promise<void> {
    const stored = await this.worker.query<{ id: string; body: string }>({
      text: 'select id, body from webhooks.deliveries where organization_id = $1 and object_type = $2 and object_id = $3',
      values: [organizationId, objectType, objectId],
    })
    const ids = stored.map(({ id }) => id)
    await this.worker.group([
      {
        text: `update webhooks.deliveries d set body = n.body, response = null
                 from unnest($1::text[], $2::text[]) as n(id, body) where d.id = n.id`,
        values: [ids, stored.map(({ body }) => rewrite(body))],
      },
      {
        text: 'update webhooks.delivery_attempts set response_body = null where delivery_id = any($1::text[])',
        values: [ids],
      },
    ])
  }
}
