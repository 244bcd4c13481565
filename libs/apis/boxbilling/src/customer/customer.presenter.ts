import type { CustomerRow, OrganizationRow } from '@billstream/accounts-read-model'

const GRACE_PERIOD_DAYS = 0
const NET_PAYMENT_TERM_DAYS = 30

/** A customer as GET shows it; what it does not set is shown as inherited. Source: rules/boxbilling.md, section 3. */
export function presentCustomer(
  customer: CustomerRow,
  organization: Pick<OrganizationRow, 'default_currency' | 'timezone'>,
) {
  return {
    id: customer.id,
    external_id: customer.external_id,
    name: customer.name,
    email: customer.email,
    currency: customer.currency ?? organization.default_currency,
    timezone: customer.timezone ?? organization.timezone,
    billing_metadata: customer.billing_metadata,
    invoice_grace_period: customer.invoice_grace_period ?? GRACE_PERIOD_DAYS,
    net_payment_term: customer.net_payment_term ?? NET_PAYMENT_TERM_DAYS,
    billing_entity_id: null,
    test_clock_id: customer.test_clock_id,
    created_at: customer.created_at,
    updated_at: customer.updated_at,
  }
}
