import type { Fee } from '@billstream/invoicing-contracts'
import type { TaxRate } from '../compose-invoice/invoice-inputs'

/** A fee of an earlier invoice, draft or issued. createdAt: when that invoice had it first. */
export interface BilledFee extends Pick<
  Fee,
  'feeId' | 'chargeId' | 'metricCode' | 'description' | 'units' | 'eventsCount' | 'amount' | 'properties' | 'cause'
> {
  readonly invoiceId: string
  readonly createdAt: string
}

/** An earlier invoice, as far as corrections of its period need it. */
export interface BilledInvoice {
  readonly fees: readonly Fee[]
  readonly taxes: readonly TaxRate[]
}
