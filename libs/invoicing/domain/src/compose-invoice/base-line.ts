import { Decimal, decimal, decimalOfMinor, derivedId, divide, formatDecimal, minorOf } from '@billstream/kernel'
import { baseFee, type BaseFee } from '@billstream/rating'
import type { InvoiceInputs } from './invoice-inputs'
import type { InvoiceLine } from './invoice-line'

/** The base fee, if any is due: units 1, the plan's name, its days in the full period. Source: rules/boxbilling.md section 10. */
export function baseLines({ base, invoiceId, taxes }: InvoiceInputs): InvoiceLine[] {
  if (base === null) return []
  const { planId, planVersion, planName, unit, full, stretch, timezone } = base
  const fee = baseFee({ amount: minorOf(base.amount), unit, period: full, stretch, timezone })
  if (fee.amount === 0n) return []
  const amount = fee.amount.toString()
  return [
    {
      amount: fee.amount,
      taxes,
      fee: {
        feeId: derivedId('fee', invoiceId, 'base'),
        feeType: 'subscription',
        chargeId: null,
        metricCode: null,
        chargeModel: null,
        description: planName,
        units: '1',
        eventsCount: 0,
        unitAmount: amount,
        properties: { from: stretch.start, to: stretch.end, days: fee.days, of_days: fee.ofDays },
        period: stretch,
        cause: {
          planId,
          planVersion,
          measurementId: null,
          watermark: null,
          rule: 'base',
          exact: exactShare(base.amount, fee),
          steps: [{ kind: 'part', of: base.amount, from: fee.from, to: fee.to, ofDays: fee.ofDays, amount }],
          corrects: null,
          carried: '0',
        },
      },
    },
  ]
}

/** Before rounding, to 12 places. */
function exactShare(amount: string, { days, ofDays }: BaseFee): string {
  return formatDecimal(divide(decimalOfMinor(minorOf(amount)).times(days), new Decimal(decimal(ofDays))))
}
