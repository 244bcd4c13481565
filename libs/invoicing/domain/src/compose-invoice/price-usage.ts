import { decimal, Decimal, DECIMAL_PLACES_MAX, formatDecimal } from '@billstream/kernel'
import { chargeFee, priceCharge, type PriceStep } from '@billstream/rating'
import type { ChargeToPrice, ChargeUsage, UsageInput } from './invoice-inputs'

/** Steps of one line that are kept whole; a line that needs more tells the sum of the rest. One append must hold an invoice. */
export const STEPS_PER_LINE_MAX = 20

const UNIT_AMOUNT_MAX = new Decimal('999999999999999999.999999999999')

/** A charge of a period with what it costs. amount: minor units. */
export interface PricedUsage {
  readonly charge: ChargeToPrice
  readonly usage: ChargeUsage
  readonly amount: bigint
  /** Decimal texts. */
  readonly unitAmount: string
  readonly exact: string
  readonly steps: Record<string, unknown>[]
}

/** Prices every charge of a period, in plan order. The one way to a charge's amount: drafts, corrections and previews. */
export function priceUsage({ charges, measured }: UsageInput): PricedUsage[] {
  const usages = new Map(measured.map((usage) => [usage.chargeId, usage]))
  return charges.map((charge) => {
    const usage = usages.get(charge.chargeId) ?? { chargeId: charge.chargeId, units: '0', eventsCount: 0 }
    const { amount, unitAmount, steps } = priceCharge(charge.model, decimal(usage.units))
    return {
      charge,
      usage,
      amount: chargeFee(amount),
      unitAmount: unitAmountText(unitAmount),
      exact: formatDecimal(amount, { maxPlaces: DECIMAL_PLACES_MAX }),
      steps: boundedSteps(steps),
    }
  })
}

/** An average price tells, it bills nothing: beyond what a decimal may hold (a tiny quantity) it is shown as the greatest one. */
export function unitAmountText(unitAmount: Decimal): string {
  const bounded = Decimal.max(UNIT_AMOUNT_MAX.negated(), Decimal.min(UNIT_AMOUNT_MAX, unitAmount))
  return formatDecimal(bounded, { maxPlaces: DECIMAL_PLACES_MAX })
}

function boundedSteps(steps: readonly PriceStep[]): Record<string, unknown>[] {
  if (steps.length <= STEPS_PER_LINE_MAX) return steps.map((step) => ({ ...step }))
  const kept = steps.slice(0, STEPS_PER_LINE_MAX - 1)
  const rest = steps.slice(STEPS_PER_LINE_MAX - 1)
  const amount = rest.reduce((sum, step) => sum.plus(step.amount), new Decimal(0))
  return [...kept.map((step) => ({ ...step })), { kind: 'further', steps: rest.length, amount: formatDecimal(amount) }]
}
