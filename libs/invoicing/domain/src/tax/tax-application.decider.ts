import { ok, refuse, type Result } from '@billstream/kernel'
import { settingDecider, type EventOf } from '@billstream/event-sourcing-core'
import { TaxApplication } from '@billstream/invoicing-contracts'

export type TaxApplicationFields = EventOf<typeof TaxApplication.Defined>['data']['fields']

/** Whether what the application names is there. */
export interface TaxApplicationFacts {
  readonly taxExists: boolean
  readonly customerExists: boolean
}

const NOT_YET = ['plan', 'charge', 'add_on', 'billing_entity', 'invoice']

/**
 * A tax on one object. Further refusals: `not_available` and `invalid_taxable_type` (taxable_type), `tax_not_found` (tax_code),
 * `customer_not_found` (taxable_id); `key_taken` when the triple exists. Source: rules/boxbilling.md section 11.
 */
export const taxApplicationDecider = settingDecider<TaxApplicationFields>(TaxApplication, {
  define: ({ taxableType }, facts) => checkTarget(taxableType, facts as TaxApplicationFacts),
})

function checkTarget(taxableType: string, { taxExists, customerExists }: TaxApplicationFacts): Result<undefined> {
  if (NOT_YET.includes(taxableType)) {
    return refuse('not_available', `Taxes of a ${taxableType} are not available yet.`, 'taxable_type')
  }
  if (taxableType !== 'customer') {
    return refuse('invalid_taxable_type', 'A tax cannot be applied to that.', 'taxable_type')
  }
  if (!taxExists) return refuse('tax_not_found', 'There is no such tax.', 'tax_code')
  if (!customerExists) return refuse('customer_not_found', 'There is no such customer.', 'taxable_id')
  return ok(undefined)
}
