import { InvoiceFinalized, InvoiceSkipped, type Fee } from '@billstream/invoicing-contracts'
import type { IngestEvent } from '@billstream/usage-contracts'
import type { PlanCharge } from '@billstream/subscriptions-contracts'
import { PlanCreated, PlanVersioned } from '@billstream/subscriptions-contracts'
import { PeriodMeasured, type MeasuredCharge } from '@billstream/usage-contracts'
import { scaled } from '../rating/scaled-decimal'
import { slowFee, slowUnits } from '../rating/slow-rating'
import { boundariesOf, type Crossed } from './boundaries.invariant'
import { eventsOf, grouped, sumOf, type Invariant, type ObservedWorld } from './observed-world'

/**
 * At the end of a story all that was acknowledged is counted and billed once: for each closed period and charge, the newest
 * measurement has the units that the slow rating counts, and its invoice and every correction together are what they cost. Only
 * where a credit was left that no invoice bore, amounts may lie beside it.
 */
export const billIsRight: Invariant = {
  name: 'the bill is right',
  check(world) {
    const usage = [...world.ledger.usage.values()]
    const measured = newestMeasured(world)
    const unborn = withUnbornCredit(world)
    const billed = grouped(
      eventsOf(world, InvoiceFinalized).flatMap(({ data }) =>
        data.fees.map((fee) => ({ invoiceId: data.invoiceId, fee })),
      ),
      ({ invoiceId, fee }) => placeOf(fee.cause.corrects?.invoiceId ?? invoiceId, fee.chargeId),
    )
    return boundariesOf(world).flatMap((crossed) =>
      chargesAt(world, crossed).flatMap((charge) => {
        const fees = (billed.get(placeOf(crossed.invoiceId, charge.chargeId)) ?? []).map(({ fee }) => fee)
        const units = unitsOf(charge, usageIn(crossed, charge, usage), world)
        return [
          ...brokenCount(crossed, charge, {
            units,
            measured: measured.get(placeOf(crossed.invoiceId, charge.chargeId)),
          }),
          ...(unborn.has(crossed.subscriptionId)
            ? []
            : brokenBill(crossed, fees, { charge, cost: slowFee(charge.chargeModel, propertiesOf(charge), units) })),
        ]
      }),
    )
  },
}

function placeOf(invoiceId: string, chargeId: string | null): string {
  return `${invoiceId} ${chargeId ?? ''}`
}

function brokenBill(
  { subscriptionId, boundary }: Crossed,
  fees: readonly Fee[],
  { charge, cost }: { charge: PlanCharge; cost: bigint },
): string[] {
  const billed = sumOf(fees.map(({ amount }) => amount))
  if (billed === cost) return []
  const period = `${boundary.closed?.start} to ${boundary.closed?.end}`
  return [`${subscriptionId}: ${charge.metricCode} of ${period} costs ${cost}, billed ${billed}`]
}

/** Subscriptions whose last invoice or correction left a credit: it was carried on, or came to nothing. */
function withUnbornCredit(world: ObservedWorld): Set<string> {
  const left = new Map<string, boolean>()
  const last = [...eventsOf(world, InvoiceFinalized), ...eventsOf(world, InvoiceSkipped)]
  for (const { data } of last.sort((a, b) => Number(a.position - b.position))) {
    const leaves = 'fees' in data ? data.fees.some(({ cause }) => cause.carried !== '0') : isOfCorrections(data, world)
    left.set(data.subscriptionId ?? '', leaves)
  }
  return new Set([...left].filter(([, leaves]) => leaves).map(([subscriptionId]) => subscriptionId))
}

function isOfCorrections({ invoiceId }: { invoiceId: string }, world: ObservedWorld): boolean {
  return boundariesOf(world).every((crossed) => crossed.invoiceId !== invoiceId)
}

function chargesAt({ events }: ObservedWorld, { boundary }: Crossed): readonly PlanCharge[] {
  if (boundary.closed === null) return []
  const { planId, planVersion } = boundary.plan
  const versions = [...eventsOf({ events }, PlanCreated), ...eventsOf({ events }, PlanVersioned)]
  return versions.find(({ data }) => data.planId === planId && data.version === planVersion)?.data.terms.charges ?? []
}

function usageIn({ boundary }: Crossed, { metricCode }: PlanCharge, usage: readonly IngestEvent[]): IngestEvent[] {
  const { closed, externalCustomerId, externalSubscriptionId } = boundary
  if (closed === null) return []
  const [start, end] = [Date.parse(closed.start), Date.parse(closed.end)]
  return usage.filter(
    (event) =>
      event.code === metricCode &&
      event.externalCustomerId === externalCustomerId &&
      ['', externalSubscriptionId].includes(event.externalSubscriptionId) &&
      Date.parse(event.timestamp) >= start &&
      Date.parse(event.timestamp) < end,
  )
}

function unitsOf(charge: PlanCharge, events: readonly IngestEvent[], { cast }: ObservedWorld): bigint {
  const metric = cast.story.setting.metrics.find(({ code }) => code === charge.metricCode)
  if (!metric) throw new Error(`The story has no metric ${charge.metricCode}.`)
  return slowUnits(metric, events)
}

function propertiesOf({ properties }: PlanCharge): Record<string, unknown> {
  return properties
}

/** By period's invoice and charge: what was measured last, for whatever invoice. */
function newestMeasured(world: ObservedWorld): Map<string, MeasuredCharge> {
  const inOrder = eventsOf(world, PeriodMeasured).sort((a, b) => Number(a.data.watermark) - Number(b.data.watermark))
  return new Map(
    inOrder.flatMap(({ data }) =>
      [{ invoiceId: data.invoiceId, charges: data.charges }, ...data.corrections].flatMap(({ invoiceId, charges }) =>
        charges.map((charge) => [placeOf(invoiceId, charge.chargeId), charge] as const),
      ),
    ),
  )
}

function brokenCount(
  { subscriptionId, boundary }: Crossed,
  { metricCode }: PlanCharge,
  { units, measured }: { units: bigint; measured: MeasuredCharge | undefined },
): string[] {
  if (measured && scaled(measured.units) === units) return []
  const period = `${boundary.closed?.start} to ${boundary.closed?.end}`
  return [
    `${subscriptionId}: ${metricCode} of ${period} has ${units} e-12 units, measured ${measured?.units ?? 'never'}`,
  ]
}
