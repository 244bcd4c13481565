import { DELIVERY_LIST } from './delivery-columns'

/**
 * First attempts of one object at one endpoint go one after the other; retries neither wait nor are waited for.
 * "is not distinct from" uses no index: the one by object is meant, before there are statistics as well.
 */
const NOT_BEHIND_ANOTHER = `
  (delivery.attempts > 0 or not exists (
    select from webhooks.deliveries before
     where before.object_id = delivery.object_id
       and (before.organization_id, before.endpoint_id, before.object_type)
           is not distinct from (delivery.organization_id, delivery.endpoint_id, delivery.object_type)
       and before.status = 'pending' and before.attempts = 0
       and (before.created_at, before.seq) < (delivery.created_at, delivery.seq)))`

/** $1 now, $2 end of the lease, $3 limit. */
export const TAKE = `
  with due as materialized (
    select delivery.id from webhooks.deliveries delivery
     where delivery.status = 'pending' and delivery.next_attempt_at <= $1
       and (delivery.lease_until is null or delivery.lease_until <= $1)
       and ${NOT_BEHIND_ANOTHER}
     order by delivery.next_attempt_at, delivery.created_at, delivery.seq
     limit $3
     for update of delivery skip locked),
  taken as (
    update webhooks.deliveries delivery set lease_until = $2 from due where delivery.id = due.id returning delivery.*)
  select ${DELIVERY_LIST} from taken order by next_attempt_at, created_at, seq`

/** Few are leased; of the others the first in order will do. */
export const NEXT_AT = `
  select min(next) as next from (
    select min(greatest(next_attempt_at, lease_until)) as next from webhooks.deliveries
     where lease_until is not null and status = 'pending'
    union all
    (select delivery.next_attempt_at from webhooks.deliveries delivery
      where delivery.status = 'pending' and delivery.lease_until is null and ${NOT_BEHIND_ANOTHER}
      order by delivery.next_attempt_at, delivery.created_at, delivery.seq limit 1)) candidates`

/**
 * An attempt with a known id changes nothing, one that somebody else has made already changes no delivery.
 * What a receiver answered to bytes ($18) that were rewritten meanwhile is left out: it may repeat them.
 */
export const RECORD = `
  with sent as (
    select *, body = $18 as as_stored from webhooks.deliveries where id = $1 for update),
  attempt as (
    insert into webhooks.delivery_attempts
           (id, delivery_id, organization_id, endpoint_id, attempt_number, http_status, response_body, success,
            error_message, duration_ms, attempted_at)
    select $2, id, organization_id, endpoint_id, $3::int, $4::int, case when as_stored then $5 end, $6::boolean, $7,
           $8::int, $9::timestamptz
      from sent
    on conflict (id) do nothing
    returning delivery_id)
  update webhooks.deliveries delivery
     set status = case when delivery.status = 'pending' or $10 = 'succeeded' then $10 else delivery.status end,
         next_attempt_at = case when delivery.status = 'pending' then $13::timestamptz end,
         retries = $11, attempts = $12, last_attempt_at = $14, http_status = $15,
         response = case when delivery.body = $18 then $16 end, updated_at = $17,
         lease_until = null
    from attempt
   where delivery.id = attempt.delivery_id and delivery.attempts < $12`

/** $1 organization, $2 type, $3 status, $4 skip, $5 limit. A page beyond the end still has one row, with the total. */
export const LIST = `
  with matching as (
    select * from webhooks.deliveries
     where organization_id = $1 and ($2::text is null or webhook_type = $2) and ($3::text is null or status = $3))
  select (select count(*) from matching) as total, page.*
    from (select) one
    left join lateral (
      select true as delivery, ${DELIVERY_LIST} from matching order by created_at desc, id offset $4 limit $5) page on true
   order by page."createdAt" desc, page.id`

export const STATS = `
  select endpoint_id as "endpointId",
         (count(*) filter (where status = 'succeeded'))::int as succeeded,
         (count(*) filter (where status = 'failed'))::int as failed,
         (count(*) filter (where status = 'pending'))::int as pending,
         count(*)::int as total
    from webhooks.deliveries where organization_id = $1 group by endpoint_id order by endpoint_id`

export const FAILING_SINCE = `
  select min(attempted_at) as since from webhooks.delivery_attempts
   where organization_id = $1 and endpoint_id = $2 and not success
     and attempted_at > coalesce(
       (select max(attempted_at) from webhooks.delivery_attempts
         where organization_id = $1 and endpoint_id = $2 and success), '-infinity')`

/** Of every organization. $1 organization, $2 status, $3 from, $4 to, $5 and $6 the last one before (all but $3 and $4 may be null), $7 limit. */
export const SEARCH = `
  select ${DELIVERY_LIST} from webhooks.deliveries
   where created_at >= $3 and created_at < $4
     and ($1::text is null or organization_id = $1) and ($2::text is null or status = $2)
     and ($5::timestamptz is null or (created_at, id) > ($5, $6))
     and ($8::text is null or object_type = $8 and object_id = $9)
   order by created_at, id limit $7`
