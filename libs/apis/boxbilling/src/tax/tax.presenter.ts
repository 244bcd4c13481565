import type { TaxApplicationRow, TaxRow } from '@billstream/invoicing-read-model'
import { decimal, divide, formatDecimal } from '@billstream/kernel'

const PERCENT = decimal(100)
const PLACES_MIN = 4
const PLACES_MAX = 6

/** percent: 20 = 20 %. This API's fraction: `"0.2000"`. Source: rules/boxbilling.md, section 11. */
export function rateText(percent: string): string {
  return formatDecimal(divide(decimal(percent), PERCENT), { minPlaces: PLACES_MIN, maxPlaces: PLACES_MAX })
}

/** A tax as GET shows it. */
export function presentTax(tax: TaxRow) {
  return {
    id: tax.id,
    code: tax.code,
    name: tax.name,
    rate: rateText(tax.rate),
    description: tax.description,
    category: tax.category,
    applied_to_organization: tax.applied_to_organization,
    created_at: tax.created_at,
    updated_at: tax.updated_at,
  }
}

/** A tax on one object: the present rate, and no amount, as nothing is computed here. */
export function presentAppliedTax(application: TaxApplicationRow, tax: TaxRow) {
  return {
    id: application.id,
    tax_id: application.tax_id,
    taxable_type: application.taxable_type,
    taxable_id: application.taxable_id,
    tax_rate: rateText(tax.rate),
    tax_amount_cents: '0.0000',
    tax_name: tax.name,
    tax_code: tax.code,
    created_at: application.created_at,
  }
}
