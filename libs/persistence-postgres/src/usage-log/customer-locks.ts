import type { Statement } from '../database/statement-group'

/** Tells these locks from others of the database. */
const LOCK_CLASS = 740_211_002
/** Customers share so many locks: a batch of any number of customers holds no more, and the server's lock table is bounded. */
const STRIPES = 512

const stripeOf = (organization: string, customer: string) =>
  `(hashtextextended(${customer}, hashtextextended(${organization}, 0)) & ${STRIPES - 1})::integer`

/** Held by ingestion, by any number at once. */
export function shareCustomers(organizationId: string, externalCustomerIds: readonly string[]): Statement {
  return inOrder('usage_share_customers', 'pg_advisory_xact_lock_shared', [organizationId, externalCustomerIds])
}

/** Held by measurements, alone: whoever has it sees all that was ingested before, and nothing is ingested meanwhile. */
export function lockCustomers(organizationId: string, externalCustomerIds: readonly string[]): Statement {
  return inOrder('usage_lock_customers', 'pg_advisory_xact_lock', [organizationId, externalCustomerIds])
}

/** Taken in the order of the locks, so that no two statements wait for each other. */
function inOrder(
  name: string,
  lock: string,
  values: [organizationId: string, customers: readonly string[]],
): Statement {
  return {
    name,
    text: `
      select ${lock}(${LOCK_CLASS}, stripe)
        from (select distinct ${stripeOf('$1', 'customer')} as stripe
                from unnest($2::text[]) as customer order by stripe offset 0) as stripes`,
    values,
  }
}
