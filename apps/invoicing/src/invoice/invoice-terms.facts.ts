import { customerProjection, organizationProjection, type CustomerRow } from '@billstream/accounts-read-model'
import type { FactReader } from '@billstream/event-sourcing-runtime'
import { applyingTaxes, type TaxRate } from '@billstream/invoicing-domain'
import { taxApplicationProjection, taxProjection, type TaxRow } from '@billstream/invoicing-read-model'

/** Where neither the customer nor a billing entity says otherwise. Source: rules/boxbilling.md section 3. */
const GRACE_DEFAULT_DAYS = 0
const NET_PAYMENT_TERM_DEFAULT_DAYS = 30
/** Taxes of one level; a bound, not a rule. */
const TAXES_MAX = 100

/** What a customer and the organization mean for any invoice. Timezones are IANA names. */
export interface InvoiceTerms {
  readonly buyer: { name: string; email: string | null; billingMetadata: Record<string, unknown> }
  /** The billing timezone: customer, else organization, else UTC. */
  readonly timezone: string
  /** Days of document numbers are those of the organization. */
  readonly organizationTimezone: string
  readonly graceDays: number
  readonly netPaymentTermDays: number
  readonly taxes: readonly TaxRate[]
}

/** Throws on a customer that was never there: a boundary names its own. */
export async function invoiceTerms(
  customerId: string,
  organizationId: string,
  facts: FactReader,
): Promise<InvoiceTerms> {
  const [customer, organization, taxes] = await Promise.all([
    facts.get(customerProjection, customerId),
    facts.get(organizationProjection, organizationId),
    taxLevels(customerId, facts),
  ])
  if (!customer) throw new Error(`Customer ${customerId} is in no view.`)
  const organizationTimezone = organization?.timezone ?? 'UTC'
  return {
    buyer: { name: customer.name, email: customer.email, billingMetadata: customer.billing_metadata },
    timezone: customer.timezone ?? organizationTimezone,
    organizationTimezone,
    graceDays: customer.invoice_grace_period ?? GRACE_DEFAULT_DAYS,
    netPaymentTermDays: customer.net_payment_term ?? NET_PAYMENT_TERM_DEFAULT_DAYS,
    taxes: applyingTaxes({ ...taxes, exempt: isExempt(customer) }),
  }
}

function isExempt({ billing_metadata }: CustomerRow): boolean {
  return billing_metadata.tax_exempt === true
}

async function taxLevels(customerId: string, facts: FactReader) {
  const [applications, organization] = await Promise.all([
    facts.find(taxApplicationProjection, {
      where: { taxable_type: 'customer', taxable_id: customerId },
      limit: TAXES_MAX,
    }),
    facts.find(taxProjection, { where: { applied_to_organization: true }, limit: TAXES_MAX }),
  ])
  const ids = applications.map(({ tax_id }) => tax_id)
  const customer =
    ids.length === 0 ? [] : await facts.find(taxProjection, { where: { id: { in: ids } }, limit: TAXES_MAX })
  return { customer: customer.map(rateOf), organization: organization.map(rateOf) }
}

function rateOf({ id, code, name, rate }: TaxRow): TaxRate {
  return { taxId: id, code, name, rate }
}
