import { Decimal, formatDecimal, type Period } from '@billstream/kernel'
import type { FactReader } from '@billstream/event-sourcing-runtime'
import type { BilledCharge, CarriedCredit, ChargeUsage, CorrectionInput, TaxRate } from '@billstream/invoicing-domain'
import { feeProjection, invoiceProjection, type FeeRow, type InvoiceRow } from '@billstream/invoicing-read-model'
import type { MeasuredCharge, MeasuredCorrection } from '@billstream/usage-contracts'
import { chargesOf } from './plan-version.facts'

/** Rows read at once, and fees of one earlier period in all. */
const FEES_MAX = 1_000

/** The invoice that is being made: what it holds itself is not billed yet. */
export interface InvoiceInTheMaking {
  readonly invoiceId: string
  readonly subscriptionId: string
  /** Of charges that were never billed and have no invoice. */
  readonly taxes: readonly TaxRate[]
}

/**
 * Earlier periods that were measured again, with what was billed for them so far. One whose invoice is still a draft is left
 * out: its own refresh bills it.
 */
export async function correctionInputs(
  corrections: readonly MeasuredCorrection[],
  making: InvoiceInTheMaking,
  facts: FactReader,
): Promise<CorrectionInput[]> {
  const inputs = await Promise.all(
    corrections.map(async (correction): Promise<CorrectionInput[]> => {
      const { invoiceId, planId, planVersion, period, charges } = correction
      const invoice = await facts.get(invoiceProjection, invoiceId)
      if (invoice?.status === 'draft') return []
      const fees = feesByCharge(await feesOfPeriod(invoiceId, making, facts))
      const billed = [...fees].map(([chargeId, rows]) => billedCharge(chargeId, rows, invoice))
      const taxes = invoice?.taxes ?? making.taxes
      const measured = charges.map(chargeUsage)
      return [
        {
          ...{ invoiceId, planId, planVersion, period, billed, measured, taxes: taxes.map(rateOf) },
          charges: await chargesOf(correction, facts),
        },
      ]
    }),
  )
  return inputs.flat()
}

/** Credits of which an earlier invoice could not bear all, unless their period is measured again anyway. */
export async function carriedCredits(
  measuredAgain: readonly { readonly invoiceId: string }[],
  making: InvoiceInTheMaking,
  facts: FactReader,
): Promise<CarriedCredit[]> {
  const where = { subscription_id: making.subscriptionId, carries: true }
  const carrying = (await facts.find(feeProjection, { where, limit: FEES_MAX })).filter(isOfAnother(making))
  const again = new Set(measuredAgain.map(({ invoiceId }) => invoiceId))
  const periods = new Set(carrying.map(periodInvoice).filter((invoiceId) => !again.has(invoiceId)))
  const credits = await Promise.all([...periods].map((invoiceId) => creditsOfPeriod(invoiceId, making, facts)))
  return credits.flat()
}

/** Of each charge that carries: what it costs by the newest usage, less all that was billed for it. */
async function creditsOfPeriod(invoiceId: string, making: InvoiceInTheMaking, facts: FactReader) {
  const [fees, invoice] = await Promise.all([
    feesOfPeriod(invoiceId, making, facts),
    facts.get(invoiceProjection, invoiceId),
  ])
  return [...feesByCharge(fees)].flatMap(([chargeId, rows]): CarriedCredit[] => {
    const fee = newest(rows)
    const billed = billedCharge(chargeId, rows, invoice)
    const rest = BigInt(costNow(fee)) - BigInt(billed.amount)
    if (rest === 0n || rows.every(({ carries }) => !carries)) return []
    const { planId, planVersion, rule, exact } = fee.cause
    return [
      {
        ...{ invoiceId, planId, planVersion, chargeId, metricCode: fee.metric_code ?? '', chargeModel: rule, exact },
        ...{ description: correctionOf(fee), billed: billed.amount, rest: rest.toString(), taxes: billed.taxes },
        period: periodOf(fee, invoice),
      },
    ]
  })
}

function costNow({ amount_cents, cause }: FeeRow): string {
  return cause.corrects?.now ?? (BigInt(amount_cents) + BigInt(cause.carried)).toString()
}

/** The line that saw the most usage knows best; of equals a correction, which follows the fee. */
function newest([first, ...others]: readonly [FeeRow, ...FeeRow[]]): FeeRow {
  return others.reduce((best, fee) => (seen(fee) >= seen(best) ? fee : best), first)
}

function seen({ cause }: FeeRow): bigint {
  return BigInt(cause.watermark ?? 0)
}

function correctionOf({ description, corrects_invoice_id }: FeeRow): string {
  return corrects_invoice_id === null ? `correction: ${description}` : description
}

function periodOf({ properties, created_at }: FeeRow, invoice: InvoiceRow | undefined): Period {
  const own = invoice?.fees.find(isChargeOfPeriod)?.period
  if (own) return own
  const { from, to } = properties
  return typeof from === 'string' && typeof to === 'string'
    ? { start: from, end: to }
    : { start: created_at, end: created_at }
}

function isChargeOfPeriod({ feeType, cause }: InvoiceRow['fees'][number]): boolean {
  return feeType === 'charge' && cause.corrects === null
}

/** The charge fees of a period and every correction of them, but those on the invoice in the making. */
async function feesOfPeriod(invoiceId: string, making: InvoiceInTheMaking, facts: FactReader): Promise<FeeRow[]> {
  const [own, corrections] = await Promise.all([
    facts.find(feeProjection, { where: { invoice_id: invoiceId }, limit: FEES_MAX }),
    facts.find(feeProjection, { where: { corrects_invoice_id: invoiceId }, limit: FEES_MAX }),
  ])
  const original = own.filter(
    ({ charge_id, corrects_invoice_id }) => charge_id !== null && corrects_invoice_id === null,
  )
  return [...original, ...corrections].filter(isOfAnother(making))
}

function feesByCharge(fees: readonly FeeRow[]): Map<string, [FeeRow, ...FeeRow[]]> {
  const byCharge = new Map<string, [FeeRow, ...FeeRow[]]>()
  for (const fee of fees) {
    const known = byCharge.get(fee.charge_id ?? '')
    if (known) known.push(fee)
    else byCharge.set(fee.charge_id ?? '', [fee])
  }
  return byCharge
}

function billedCharge(chargeId: string, rows: readonly FeeRow[], invoice: InvoiceRow | undefined): BilledCharge {
  return {
    chargeId,
    amount: rows.reduce((sum, { amount_cents }) => sum + BigInt(amount_cents), 0n).toString(),
    units: formatDecimal(rows.reduce((sum, { units }) => sum.plus(units), new Decimal(0))),
    eventsCount: rows.reduce((sum, { events_count }) => sum + events_count, 0),
    taxes: taxesOf(chargeId, invoice),
  }
}

/** A correction keeps the taxes of what it corrects. */
function taxesOf(chargeId: string, invoice: InvoiceRow | undefined): TaxRate[] {
  const fee = invoice?.fees.find((each) => each.chargeId === chargeId && isChargeOfPeriod(each))
  return (fee?.taxes ?? invoice?.taxes ?? []).map(rateOf)
}

export function chargeUsage({ chargeId, units, parts }: MeasuredCharge): ChargeUsage {
  return { chargeId, units, eventsCount: parts.eventsCount }
}

function periodInvoice({ invoice_id, corrects_invoice_id }: FeeRow): string {
  return corrects_invoice_id ?? invoice_id
}

function isOfAnother({ invoiceId }: InvoiceInTheMaking): (fee: FeeRow) => boolean {
  return ({ invoice_id }) => invoice_id !== invoiceId
}

function rateOf({ taxId, code, name, rate }: TaxRate): TaxRate {
  return { taxId, code, name, rate }
}
