import type { Fee, InvoiceContent } from '@billstream/invoicing-contracts'
import { InvoiceDrafted, InvoiceFinalized, InvoiceRefreshed } from '@billstream/invoicing-contracts'
import { invoiceView } from '@billstream/invoicing-read-model'
import { dividedRounded, ONE, scaled } from '../rating/scaled-decimal'
import { eventsOf, rowsOf, sumOf, type Invariant } from './observed-world'

/** Fees, discounts and taxes add up to the total, per tax too; what is settled and what is due add up to it. */
export const invoiceSums: Invariant = {
  name: 'invoice sums',
  async check(world) {
    const fresh = { events: world.fresh }
    const contents = [
      ...eventsOf(fresh, InvoiceDrafted),
      ...eventsOf(fresh, InvoiceRefreshed),
      ...eventsOf(fresh, InvoiceFinalized),
    ]
    const rows = await rowsOf(world, invoiceView)
    return [...contents.flatMap(({ data }) => brokenSums(data.invoiceId, data)), ...rows.flatMap(brokenRow)]
  },
}

function brokenSums(invoiceId: string, { fees, taxes, totals }: InvoiceContent): string[] {
  const { subtotal, coupons, tax, progressiveCredit, total, prepaidCredit, amountDue } = totals
  const equations: [string, bigint, bigint][] = [
    ['subtotal = sum of fees', BigInt(subtotal), sumOf(fees.map(({ amount }) => amount))],
    ['tax = sum of tax rows', BigInt(tax), sumOf(taxes.map(({ amount }) => amount))],
    ['tax = sum of taxes of fees', BigInt(tax), sumOf(fees.map(({ taxAmount }) => taxAmount))],
    ['total', BigInt(total), sumOf([subtotal, tax]) - sumOf([coupons, progressiveCredit])],
    ['amount due', BigInt(amountDue), BigInt(total) - BigInt(prepaidCredit)],
    ...taxes.flatMap((row) => taxEquations(row, fees)),
    ...fees.map(taxOfFee),
  ]
  const broken = equations
    .filter(([, a, b]) => a !== b)
    .map(([what, a, b]) => `${invoiceId}: ${what}: ${a} is not ${b}`)
  return BigInt(total) < 0n ? [...broken, `${invoiceId}: the total ${total} is below 0`] : broken
}

/** Once per code and rate: tax = round(taxable x rate), spread over the lines. */
function taxEquations({ code, rate, taxable, amount }: InvoiceContent['taxes'][number], fees: readonly Fee[]) {
  const shares = fees.map((fee) => ({ fee, tax: fee.taxes.find((each) => each.code === code && each.rate === rate) }))
  const taxed = shares.flatMap(({ fee, tax }) => (tax ? [{ fee, tax }] : []))
  const equations: [string, bigint, bigint][] = [
    [`taxable of ${code}`, BigInt(taxable), sumOf(taxed.map(({ fee }) => fee.amount))],
    [`tax ${code}`, BigInt(amount), dividedRounded(BigInt(taxable) * scaled(rate), 100n * ONE)],
    [`shares of ${code}`, BigInt(amount), sumOf(taxed.map(({ tax }) => tax.amount))],
  ]
  return equations
}

function taxOfFee({ feeId, taxAmount, taxes }: Fee): [string, bigint, bigint] {
  return [`tax of fee ${feeId}`, BigInt(taxAmount), sumOf(taxes.map(({ amount }) => amount))]
}

type InvoiceRow = Awaited<ReturnType<typeof rowsOf<typeof invoiceView>>>[number]

/** total = settled + due: a paid one has nothing due, another one all that no credit bore. */
function brokenRow(row: InvoiceRow): string[] {
  const due = BigInt(row.amount_due_cents)
  const open = BigInt(row.total_cents) - BigInt(row.prepaid_credit_amount_cents)
  const expected = row.status === 'paid' ? 0n : open
  return due === expected ? [] : [`${row.id} is ${row.status}, and ${due} is due instead of ${expected}`]
}
