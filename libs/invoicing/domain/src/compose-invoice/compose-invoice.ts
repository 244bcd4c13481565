import { decimal, minorOf, ok, refuse, withinMinorRange, type Period, type Result } from '@billstream/kernel'
import type { Fee, InvoiceContent, InvoiceTotals } from '@billstream/invoicing-contracts'
import { baseLines } from './base-line'
import { bearCredits } from './bear-credits'
import { chargeLines } from './charge-lines'
import { correctionLines } from './correction-lines'
import type { InvoiceInputs } from './invoice-inputs'
import type { InvoiceLine } from './invoice-line'
import { taxLines } from './tax-lines'

/**
 * An invoice from what is known: base, charges in plan order, corrections by period; taxes once per code and rate; totals.
 * Drafts, refreshed drafts, final invoices and previews all come from here. Error: `money_overflow`.
 * Source: domain.md section 8; rules/boxbilling.md sections 10 and 11.
 */
export function composeInvoice(inputs: InvoiceInputs): Result<InvoiceContent, 'money_overflow'> {
  const wanted = [...baseLines(inputs), ...chargeLines(inputs), ...correctionLines(inputs)]
  const lines = bearCredits(wanted).map((line, index) => withCarried(line, wanted[index]?.amount ?? line.amount))
  const { rows, shares, total: tax } = taxLines(lines)
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0n)
  const fees = lines.map(({ fee, amount }, index) => taxedFee(fee, amount, shares[index] ?? []))
  if (!isKept([subtotal, tax, subtotal + tax], fees))
    return refuse('money_overflow', 'The invoice is beyond 18 digits.')
  return ok({
    fees,
    taxes: rows,
    totals: totalsOf(subtotal, tax),
    measurementId: inputs.measurementId,
  })
}

/** Whether everything is within 18 digits: refused, never wrapped. */
function isKept(amounts: readonly bigint[], fees: readonly Fee[]): boolean {
  const all = [...amounts, ...fees.map(({ amount, taxAmount }) => minorOf(amount) + minorOf(taxAmount))]
  const units = fees.map((fee) => BigInt(decimal(fee.units).truncated().toFixed()))
  return [...all, ...units].every((number) => withinMinorRange(number).ok)
}

/**
 * What is billed: the base fee's period, else the closed one, else from the first to the last corrected one. at: without any.
 * A base of 0 is no fee. Source: rules/boxbilling.md section 10.
 */
export function billingPeriodOf(inputs: InvoiceInputs, at: string): Period {
  const { usage, corrections } = inputs
  const [base] = baseLines(inputs)
  const [first, last] = [corrections[0], corrections.at(-1)]
  const corrected = first && last && { start: first.period.start, end: last.period.end }
  return base?.fee.period ?? usage?.period ?? corrected ?? { start: at, end: at }
}

/**
 * Whether there is an invoice at all: not without lines. After the subscription's end not without an amount either: no later
 * invoice would bear the credit that it carries, so the corrected periods stay open for the next late usage.
 */
export function comesToNothing({ base, usage }: InvoiceInputs, { fees, totals }: InvoiceContent): boolean {
  const isOfCorrectionsOnly = base === null && usage === null
  return fees.length === 0 || (isOfCorrectionsOnly && minorOf(totals.total) === 0n)
}

/** wanted: the amount before the invoice's bearing; what is left of it stays written on the line. */
function withCarried(line: InvoiceLine, wanted: bigint): InvoiceLine {
  const { fee, amount } = line
  return { ...line, fee: { ...fee, cause: { ...fee.cause, carried: (wanted - amount).toString() } } }
}

function taxedFee(fee: InvoiceLine['fee'], amount: bigint, taxes: Fee['taxes']): Fee {
  const taxAmount = taxes.reduce((sum, tax) => sum + BigInt(tax.amount), 0n)
  return { ...fee, amount: amount.toString(), taxes, taxAmount: taxAmount.toString() }
}

/** Coupons, progressive credit and prepaid credits lower nothing yet. */
function totalsOf(subtotal: bigint, tax: bigint): InvoiceTotals {
  const total = (subtotal + tax).toString()
  return {
    subtotal: subtotal.toString(),
    coupons: '0',
    tax: tax.toString(),
    progressiveCredit: '0',
    total,
    prepaidCredit: '0',
    amountDue: total,
  }
}
