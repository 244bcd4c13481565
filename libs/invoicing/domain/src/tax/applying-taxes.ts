import type { TaxRate } from '../compose-invoice/invoice-inputs'

/** The taxes of each level, and whether the customer is exempt of all. */
export interface TaxLevels {
  readonly exempt: boolean
  readonly customer: readonly TaxRate[]
  readonly organization: readonly TaxRate[]
}

/**
 * The taxes in force: none for an exempt customer, else the first level that has any; those of one level all count, by code.
 * Source: domain.md section 9; rules/boxbilling.md section 11.
 */
export function applyingTaxes({ exempt, customer, organization }: TaxLevels): TaxRate[] {
  if (exempt) return []
  const level = customer.length > 0 ? customer : organization
  return [...level].sort((a, b) => (a.code < b.code ? -1 : 1))
}
