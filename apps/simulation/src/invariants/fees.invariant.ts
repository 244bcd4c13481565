import type { EventOf } from '@billstream/event-sourcing-core'
import type { Fee } from '@billstream/invoicing-contracts'
import { InvoiceFinalized } from '@billstream/invoicing-contracts'
import { PlanCreated, PlanVersioned, type PlanCharge } from '@billstream/subscriptions-contracts'
import { PeriodMeasured, type MeasuredCharge } from '@billstream/usage-contracts'
import { dividedRounded, scaled } from '../rating/scaled-decimal'
import { slowFee } from '../rating/slow-rating'
import { boundariesOf } from './boundaries.invariant'
import { eventsOf, type Invariant, type ObservedWorld } from './observed-world'

/** Every issued invoice follows again from what is recorded: the measurement and the plan's version, priced by the slow rating. */
export const feesFollowFromEvents: Invariant = {
  name: 'fees follow from the events',
  check(world) {
    const charges = chargesOf(world)
    const measured = new Map(eventsOf(world, PeriodMeasured).map(({ data }) => [data.measurementId, data]))
    const bases = new Map(boundariesOf(world).map(({ invoiceId, boundary }) => [invoiceId, boundary.base]))
    return eventsOf({ events: world.fresh }, InvoiceFinalized).flatMap(
      ({ data: { invoiceId, fees, measurementId } }) => {
        const measurement = measured.get(measurementId ?? '')
        if (!measurement) return [`${invoiceId} was issued without a measurement`]
        return fees.flatMap((fee) =>
          fee.chargeId === null
            ? brokenBase(invoiceId, fee, bases.get(invoiceId)?.plan.amount)
            : brokenCharge(invoiceId, fee, {
                charge: charges.get(versioned(fee.cause.planId, fee.cause.planVersion, fee.chargeId)),
                measured: measuredFor(fee, measurement),
              }),
        )
      },
    )
  },
}

type Measurement = EventOf<typeof PeriodMeasured>['data']

function chargesOf(world: Pick<ObservedWorld, 'events'>): Map<string, PlanCharge> {
  const versions = [...eventsOf(world, PlanCreated), ...eventsOf(world, PlanVersioned)]
  return new Map(
    versions.flatMap(({ data: { planId, version, terms } }) =>
      terms.charges.map((charge) => [versioned(planId, version, charge.chargeId), charge] as const),
    ),
  )
}

/** A charge keeps its id over versions of its plan. */
function versioned(planId: string, planVersion: number, chargeId: string): string {
  return `${planId} ${planVersion} ${chargeId}`
}

/** undefined: only money is left of a credit, its usage was on an earlier invoice. */
function measuredFor({ chargeId, cause }: Fee, { charges, corrections }: Measurement): MeasuredCharge | undefined {
  const { corrects } = cause
  const among = corrects ? corrections.find(({ invoiceId }) => invoiceId === corrects.invoiceId)?.charges : charges
  return among?.find((measured) => measured.chargeId === chargeId)
}

function brokenCharge(
  invoiceId: string,
  { amount, cause, description }: Fee,
  { charge, measured }: { charge: PlanCharge | undefined; measured: MeasuredCharge | undefined },
): string[] {
  if (!charge) return [`${invoiceId}: ${description} names no charge`]
  if (!measured) return []
  const cost = slowFee(charge.chargeModel, charge.properties, scaled(measured.units))
  const billed = BigInt(amount) + BigInt(cause.carried) + BigInt(cause.corrects?.billed ?? '0')
  return cost === billed ? [] : [`${invoiceId}: ${description}: ${measured.units} units cost ${cost}, billed ${billed}`]
}

/** The part of a full amount: round(a x to / of) - round(a x from / of). */
function brokenBase(invoiceId: string, { amount, cause }: Fee, full: string | undefined): string[] {
  const { from, to, ofDays } = cause.steps[0] as { from: number; to: number; ofDays: number }
  if (full === undefined) return [`${invoiceId} has a base fee without a base`]
  const until = (days: number) => dividedRounded(BigInt(full) * BigInt(days), BigInt(ofDays))
  const part = until(to) - until(from)
  return part === BigInt(amount) ? [] : [`${invoiceId}: the base of ${to - from} days is ${part}, billed ${amount}`]
}
