import type { Fee } from '@billstream/invoicing-contracts'
import type { TaxRate } from './invoice-inputs'

/** A fee before tax. amount: minor units; negative on a credit line. */
export interface InvoiceLine {
  readonly amount: bigint
  readonly taxes: readonly TaxRate[]
  readonly fee: Omit<Fee, 'amount' | 'taxes' | 'taxAmount'>
}
