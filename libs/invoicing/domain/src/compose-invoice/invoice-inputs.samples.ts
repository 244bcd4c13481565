import { derivedId, type Period } from '@billstream/kernel'
import { parseChargeProperties } from '@billstream/rating'
import type { ChargeToPrice, CorrectionInput, InvoiceInputs, TaxRate, UsageInput } from './invoice-inputs'

/** Inputs for specs. */
export const june: Period = { start: '2026-06-01T00:00:00.000Z', end: '2026-07-01T00:00:00.000Z' }
export const may: Period = { start: '2026-05-01T00:00:00.000Z', end: '2026-06-01T00:00:00.000Z' }
const plan = { planId: derivedId('plan'), planVersion: 1 }

export function charge(metricCode: string, chargeModel: string, properties: Record<string, unknown>): ChargeToPrice {
  const model = parseChargeProperties(chargeModel, properties)
  if (!model.ok) throw new Error(model.error.message)
  const metricName = metricCode.toUpperCase()
  return {
    chargeId: derivedId('charge', metricCode),
    metricCode,
    metricName,
    chargeModel,
    properties,
    model: model.value,
  }
}

/** units by charge; a charge that is not named is not measured. */
export function usage(
  charges: readonly ChargeToPrice[],
  units: Readonly<Record<string, string>>,
  period = june,
): UsageInput {
  const measured = charges
    .filter(({ metricCode }) => metricCode in units)
    .map(({ chargeId, metricCode }) => ({ chargeId, units: units[metricCode] ?? '0', eventsCount: 1 }))
  return { ...plan, period, charges, measured }
}

export function correction(
  now: UsageInput,
  billed: Readonly<Record<string, string>>,
  taxes: readonly TaxRate[] = [],
): CorrectionInput {
  return {
    ...now,
    invoiceId: derivedId('corrected'),
    taxes,
    billed: now.charges
      .filter(({ metricCode }) => metricCode in billed)
      .map(({ chargeId, metricCode }) => {
        return { chargeId, units: '8', eventsCount: 1, amount: billed[metricCode] ?? '0', taxes }
      }),
  }
}

export function base(amount: string, full: Period, stretch: Period = full): NonNullable<InvoiceInputs['base']> {
  return { ...plan, planName: 'Pro', amount, unit: 'month', full, stretch, timezone: 'UTC' }
}

/** percent: 20 = 20 %. */
export function tax(code: string, percent: string): TaxRate {
  return { taxId: derivedId('tax', code), code, name: code.toUpperCase(), rate: percent }
}

export function inputs(over: Partial<InvoiceInputs> = {}): InvoiceInputs {
  return {
    invoiceId: derivedId('invoice'),
    measurementId: derivedId('measurement'),
    watermark: '7',
    base: null,
    usage: null,
    corrections: [],
    carried: [],
    taxes: [],
    ...over,
  }
}
