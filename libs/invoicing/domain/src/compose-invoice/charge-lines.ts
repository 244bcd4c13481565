import { decimal, derivedId } from '@billstream/kernel'
import type { InvoiceInputs, UsageInput } from './invoice-inputs'
import type { InvoiceLine } from './invoice-line'
import { priceUsage, type PricedUsage } from './price-usage'

/** One line per charge of the closed period, in plan order; none where neither units nor an amount came together. */
export function chargeLines(inputs: InvoiceInputs): InvoiceLine[] {
  const { usage } = inputs
  if (usage === null) return []
  return priceUsage(usage)
    .filter(({ amount, usage: { units } }) => amount !== 0n || !decimal(units).isZero())
    .map((priced) => chargeLine(priced, usage, inputs))
}

function chargeLine(
  { charge, usage, amount, unitAmount, exact, steps }: PricedUsage,
  { planId, planVersion, period }: UsageInput,
  { invoiceId, measurementId, watermark, taxes }: InvoiceInputs,
): InvoiceLine {
  return {
    amount,
    taxes,
    fee: {
      feeId: derivedId('fee', invoiceId, 'charge', charge.chargeId),
      feeType: 'charge',
      chargeId: charge.chargeId,
      metricCode: charge.metricCode,
      chargeModel: charge.chargeModel,
      description: charge.metricName,
      units: usage.units,
      eventsCount: usage.eventsCount,
      unitAmount,
      properties: charge.properties,
      period,
      cause: {
        planId,
        planVersion,
        measurementId,
        watermark,
        rule: charge.model.model,
        exact,
        steps,
        corrects: null,
        carried: '0',
      },
    },
  }
}
