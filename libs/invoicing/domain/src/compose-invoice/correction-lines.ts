import {
  compareInstants,
  decimal,
  Decimal,
  decimalOfMinor,
  derivedId,
  divide,
  formatDecimal,
  minorOf,
} from '@billstream/kernel'
import type { BilledCharge, CarriedCredit, CorrectionInput, InvoiceInputs } from './invoice-inputs'
import type { InvoiceLine } from './invoice-line'
import { priceUsage, unitAmountText, type PricedUsage } from './price-usage'

/** Bytes of the steps of all corrections on one invoice, so that one append holds it; lines beyond tell no steps. */
export const CORRECTION_STEPS_BYTES_MAX = 100_000

/**
 * For each charge of an earlier period: what it costs now less what it was billed so far, by period, then plan order. A line
 * keeps the taxes of what it corrects. Source: rules/boxbilling.md section 4 (E4); domain.md section 8.
 */
export function correctionLines(inputs: InvoiceInputs): InvoiceLine[] {
  const measured = inputs.corrections.flatMap((correction) =>
    priceUsage(correction).flatMap((priced) => correctionLine(priced, correction, inputs)),
  )
  const carried = inputs.carried.map((credit) => carriedLine(credit, inputs))
  const lines = [...measured, ...carried].sort((a, b) => compareInstants(a.fee.period.start, b.fee.period.start))
  let bytes = 0
  return lines.map((line) => {
    bytes += byteLength(line.fee.cause.steps)
    return bytes <= CORRECTION_STEPS_BYTES_MAX ? line : withoutSteps(line)
  })
}

/** The measurement and the plan version, which it names, tell them again. */
function withoutSteps({ fee, ...line }: InvoiceLine): InvoiceLine {
  return { ...line, fee: { ...fee, cause: { ...fee.cause, steps: [] } } }
}

function byteLength(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

function correctionLine(priced: PricedUsage, correction: CorrectionInput, inputs: InvoiceInputs): InvoiceLine[] {
  const { charge, exact, steps } = priced
  const billed = correction.billed.find(({ chargeId }) => chargeId === charge.chargeId)
  const amount = priced.amount - minorOf(billed?.amount ?? '0')
  if (amount === 0n) return []
  const { planId, planVersion, period, invoiceId } = correction
  const rule = charge.model.model
  const corrects = { invoiceId, billed: billed?.amount ?? '0', now: priced.amount.toString() }
  const { measurementId, watermark } = inputs
  return [
    {
      amount,
      taxes: billed?.taxes ?? correction.taxes,
      fee: {
        feeId: derivedId('fee', inputs.invoiceId, 'correction', invoiceId, charge.chargeId),
        feeType: 'charge',
        chargeId: charge.chargeId,
        metricCode: charge.metricCode,
        chargeModel: charge.chargeModel,
        description: `correction: ${charge.metricName}`,
        ...differenceInUsage(priced, billed, amount),
        properties: { corrects_invoice_id: invoiceId, from: period.start, to: period.end },
        period,
        cause: { planId, planVersion, measurementId, watermark, rule, exact, steps, corrects, carried: '0' },
      },
    },
  ]
}

/** The usage was on the invoice that could not bear it; only money is left. */
function carriedLine(credit: CarriedCredit, { invoiceId, measurementId, watermark }: InvoiceInputs): InvoiceLine {
  const { planId, planVersion, period, chargeId, metricCode, chargeModel, description, exact, billed } = credit
  const amount = minorOf(credit.rest)
  const now = (minorOf(billed) + amount).toString()
  const corrects = { invoiceId: credit.invoiceId, billed, now }
  return {
    amount,
    taxes: credit.taxes,
    fee: {
      feeId: derivedId('fee', invoiceId, 'correction', credit.invoiceId, chargeId),
      feeType: 'charge',
      chargeId,
      metricCode,
      chargeModel,
      description,
      ...{ units: '0', eventsCount: 0, unitAmount: '0' },
      properties: { corrects_invoice_id: credit.invoiceId, from: period.start, to: period.end },
      period,
      cause: {
        ...{ planId, planVersion, measurementId, watermark, rule: chargeModel, exact },
        ...{ steps: [{ kind: 'carried', amount: credit.rest }], corrects, carried: '0' },
      },
    },
  }
}

function differenceInUsage({ usage }: PricedUsage, billed: BilledCharge | undefined, amount: bigint) {
  const units = decimal(usage.units).minus(billed?.units ?? '0')
  const unitAmount = units.isZero() ? new Decimal(0) : divide(decimalOfMinor(amount), units)
  return {
    units: formatDecimal(units),
    eventsCount: usage.eventsCount - (billed?.eventsCount ?? 0),
    unitAmount: unitAmountText(unitAmount),
  }
}
