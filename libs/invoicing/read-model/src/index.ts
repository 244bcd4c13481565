import { feeProjection } from './fee/fee.projection'
import { invoiceProjection } from './invoice/invoice.projection'
import { taxApplicationProjection } from './tax-application/tax-application.projection'
import { taxProjection } from './tax/tax.projection'

export * from './fee/fee.projection'
export * from './fee/fee.view'
export * from './invoice/invoice.projection'
export * from './invoice/invoice.view'
export { invoicingMigrations } from './migrations/invoicing.migrations'
export * from './tax-application/tax-application.projection'
export * from './tax-application/tax-application.view'
export * from './tax/tax.projection'
export * from './tax/tax.view'

export const invoicingProjections = [invoiceProjection, feeProjection, taxProjection, taxApplicationProjection] as const
