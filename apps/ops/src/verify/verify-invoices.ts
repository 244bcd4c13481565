import { paymentProjection, paymentView } from '@billstream/checkout-read-model'
import { invoiceProjection, invoiceView, type InvoiceRow } from '@billstream/invoicing-read-model'
import { allRows } from '../console/all-rows'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'

const PAYMENTS_MAX = 100

interface InvoiceSurroundings {
  readonly progress: Progress
  readonly signal: AbortSignal
  /** Views that are behind, by the names of their projections. */
  readonly lagging: ReadonlyMap<string, string>
}

/** What is due is compared with what was paid: that is right where both views are of one moment. */
const COMPARED = [invoiceProjection.name, paymentProjection.name]

/** Total = settled + due, of every issued invoice; and no number twice. */
export async function verifyInvoices(
  ports: Pick<OpsPorts, 'viewsAnywhere' | 'views'>,
  { progress, signal, lagging }: InvoiceSurroundings,
): Promise<CheckResult[]> {
  const settled = new Tally('1. total = settled + due, of every issued invoice')
  const numbers = new Tally('3. one invoice per number')
  const behind = COMPARED.filter((name) => lagging.has(name))
  if (behind.length > 0)
    settled.note(`left out: ${behind.join(' and ')} is behind, and payments are not of the same moment`)
  for await (const invoice of allRows(invoiceView, {}, ports)) {
    if (signal.aborted) break
    progress.advance(1)
    if (invoice.status === 'draft') continue
    if (behind.length === 0) {
      const sum = BigInt(invoice.amount_due_cents) + (await settledOf(invoice, ports))
      settled.expect(`invoice ${invoice.id}`, invoice.total_cents, sum.toString())
    }
    const where = { invoice_number: invoice.invoice_number }
    numbers.expect(
      `number ${invoice.invoice_number}`,
      1,
      await ports.views.count(invoiceView, invoice.organization_id, where),
    )
  }
  return [settled.result, numbers.result]
}

/** Minor units: credits that were used, and what was paid. */
async function settledOf(invoice: InvoiceRow, { views }: Pick<OpsPorts, 'views'>): Promise<bigint> {
  const where = { invoice_id: invoice.id, status: 'succeeded' }
  const payments = await views.find(paymentView, invoice.organization_id, { where, limit: PAYMENTS_MAX })
  const paid = payments.reduce((sum, { amount_cents }) => sum + BigInt(amount_cents), 0n)
  return BigInt(invoice.prepaid_credit_amount_cents) + paid
}
