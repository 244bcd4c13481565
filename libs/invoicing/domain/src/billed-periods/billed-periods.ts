import { Decimal, formatDecimal, type Period } from '@billstream/kernel'
import type {
  BilledCharge,
  CarriedCredit,
  ChargeToPrice,
  ChargeUsage,
  CorrectionInput,
  TaxRate,
} from '../compose-invoice/invoice-inputs'
import type { BilledFee, BilledInvoice } from './billed-fee'

/** A period that was measured again whole. */
export interface MeasuredAgain {
  readonly invoiceId: string
  readonly period: Period
  readonly planId: string
  readonly planVersion: number
  readonly measured: readonly ChargeUsage[]
}

/** What was billed for a period so far. invoice: undefined when the period has none. taxes: of charges that were never billed and have no invoice. */
export interface BilledSoFar {
  readonly charges: readonly ChargeToPrice[]
  /** The charge fees of the period, then every correction of them; none of the invoice in the making. */
  readonly fees: readonly BilledFee[]
  readonly invoice: BilledInvoice | undefined
  readonly taxes: readonly TaxRate[]
}

/** A period that was measured again, with what was billed for it so far. */
export function correctionInput(
  { invoiceId, planId, planVersion, period, measured }: MeasuredAgain,
  { charges, fees, invoice, taxes }: BilledSoFar,
): CorrectionInput {
  const billed = [...feesByCharge(fees)].map(([chargeId, rows]) => billedCharge(chargeId, rows, invoice))
  const own = (invoice?.taxes ?? taxes).map(rateOf)
  return { ...{ invoiceId, planId, planVersion, period, billed, measured, taxes: own }, charges }
}

/** Of each charge of a period that carries: what it costs by the newest usage, less all that was billed for it. */
export function creditsOfPeriod(
  invoiceId: string,
  fees: readonly BilledFee[],
  invoice: BilledInvoice | undefined,
): CarriedCredit[] {
  return [...feesByCharge(fees)].flatMap(([chargeId, rows]): CarriedCredit[] => {
    const fee = newest(rows)
    const billed = billedCharge(chargeId, rows, invoice)
    const rest = BigInt(costNow(fee)) - BigInt(billed.amount)
    if (rest === 0n || !rows.some(carries)) return []
    const { planId, planVersion, rule, exact } = fee.cause
    return [
      {
        ...{ invoiceId, planId, planVersion, chargeId, metricCode: fee.metricCode ?? '', chargeModel: rule, exact },
        ...{ description: correctionOf(fee), billed: billed.amount, rest: rest.toString(), taxes: billed.taxes },
        period: periodOf(fee, invoice),
      },
    ]
  })
}

/** A credit line of which something is left for the next invoice. */
export function carries({ cause }: Pick<BilledFee, 'cause'>): boolean {
  return cause.carried !== '0'
}

/** The invoice whose period a fee is for: its own, or the one that it corrects. */
export function periodInvoiceOf({ invoiceId, cause }: Pick<BilledFee, 'invoiceId' | 'cause'>): string {
  return cause.corrects?.invoiceId ?? invoiceId
}

function costNow({ amount, cause }: BilledFee): string {
  return cause.corrects?.now ?? (BigInt(amount) + BigInt(cause.carried)).toString()
}

/** The line that saw the most usage knows best; of equals a correction, which follows the fee. */
function newest([first, ...others]: readonly [BilledFee, ...BilledFee[]]): BilledFee {
  return others.reduce((best, fee) => (seen(fee) >= seen(best) ? fee : best), first)
}

function seen({ cause }: BilledFee): bigint {
  return BigInt(cause.watermark ?? 0)
}

function correctionOf({ description, cause }: BilledFee): string {
  return cause.corrects === null ? `correction: ${description}` : description
}

function periodOf({ properties, createdAt }: BilledFee, invoice: BilledInvoice | undefined): Period {
  const own = invoice?.fees.find(isChargeOfPeriod)?.period
  if (own) return own
  const { from, to } = properties
  return typeof from === 'string' && typeof to === 'string'
    ? { start: from, end: to }
    : { start: createdAt, end: createdAt }
}

function isChargeOfPeriod({ feeType, cause }: BilledInvoice['fees'][number]): boolean {
  return feeType === 'charge' && cause.corrects === null
}

function feesByCharge(fees: readonly BilledFee[]): Map<string, [BilledFee, ...BilledFee[]]> {
  const byCharge = new Map<string, [BilledFee, ...BilledFee[]]>()
  for (const fee of fees) {
    const known = byCharge.get(fee.chargeId ?? '')
    if (known) known.push(fee)
    else byCharge.set(fee.chargeId ?? '', [fee])
  }
  return byCharge
}

function billedCharge(chargeId: string, fees: readonly BilledFee[], invoice: BilledInvoice | undefined): BilledCharge {
  return {
    chargeId,
    amount: fees.reduce((sum, { amount }) => sum + BigInt(amount), 0n).toString(),
    units: formatDecimal(fees.reduce((sum, { units }) => sum.plus(units), new Decimal(0))),
    eventsCount: fees.reduce((sum, { eventsCount }) => sum + eventsCount, 0),
    taxes: taxesOf(chargeId, invoice),
  }
}

/** A correction keeps the taxes of what it corrects. */
function taxesOf(chargeId: string, invoice: BilledInvoice | undefined): TaxRate[] {
  const fee = invoice?.fees.find((each) => each.chargeId === chargeId && isChargeOfPeriod(each))
  return (fee?.taxes ?? invoice?.taxes ?? []).map(rateOf)
}

function rateOf({ taxId, code, name, rate }: TaxRate): TaxRate {
  return { taxId, code, name, rate }
}
