import type { ChangedPeriod } from '@billstream/event-sourcing-runtime'
import type { Statement } from '../database/statement-group'

const CHANGED_PERIOD = `
  organization_id as "organizationId", subscription_id as "subscriptionId",
  external_subscription_id as "externalSubscriptionId", external_customer_id as "externalCustomerId",
  invoice_id as "invoiceId", period_from as "from", period_to as "to", codes, request, change`

export function unannouncedPeriods(limit: number): Statement {
  return {
    name: 'usage_unannounced_periods',
    text: `
      select ${CHANGED_PERIOD} from usage.measured_period
       where change > announced_change order by invoice_id limit $1`,
    values: [limit],
  }
}

export function announcePeriods(periods: readonly ChangedPeriod[]): Statement {
  return {
    name: 'usage_announce_periods',
    // Locked in the order in which ingestion locks them.
    text: `
      with told as (
        select * from unnest($1::uuid[], $2::uuid[], $3::integer[]) as t(organization_id, invoice_id, change)
      ),
      locked as (
        select p.organization_id, p.invoice_id, t.change
          from usage.measured_period p join told t using (organization_id, invoice_id)
         order by p.invoice_id for update of p
      )
      update usage.measured_period p set announced_change = greatest(p.announced_change, l.change)
        from locked l where p.organization_id = l.organization_id and p.invoice_id = l.invoice_id`,
    values: [
      periods.map(({ organizationId }) => organizationId),
      periods.map(({ invoiceId }) => invoiceId),
      periods.map(({ change }) => change),
    ],
  }
}

/** At most so many of each subscription. */
export function openPeriods(organizationId: string, subscriptionIds: readonly string[], limit: number): Statement {
  return {
    name: 'usage_open_periods',
    text: `
      select period.*
        from unnest($2::uuid[]) as asked (subscription)
       cross join lateral (
         select ${CHANGED_PERIOD} from usage.measured_period
          where organization_id = $1::uuid and subscription_id = asked.subscription and change > closed_change
          order by change = settled_change, period_from, invoice_id limit $3) as period`,
    values: [organizationId, subscriptionIds, limit],
  }
}
