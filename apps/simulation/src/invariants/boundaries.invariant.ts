import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { invoiceIdOf, InvoiceDrafted, InvoiceFinalized, InvoiceSkipped } from '@billstream/invoicing-contracts'
import type { Boundary } from '@billstream/subscriptions-contracts'
import {
  SubscriptionPeriodClosed,
  SubscriptionStarted,
  SubscriptionTerminated,
} from '@billstream/subscriptions-contracts'
import { eventsOf, grouped, repeatedKeys, type Invariant, type ObservedWorld } from './observed-world'

/** A recorded boundary, and the one invoice that it can have. */
export interface Crossed {
  readonly subscriptionId: string
  readonly invoiceId: string
  readonly boundary: Boundary
}

export function boundariesOf(world: Pick<ObservedWorld, 'events'>): Crossed[] {
  const crossed = [
    ...eventsOf(world, SubscriptionStarted),
    ...eventsOf(world, SubscriptionPeriodClosed),
    ...eventsOf(world, SubscriptionTerminated),
  ]
  return crossed
    .sort((a, b) => Number(a.position - b.position))
    .flatMap(({ id, data: { subscriptionId, boundary } }) =>
      boundary === null ? [] : [{ subscriptionId, invoiceId: invoiceIdOf(id), boundary }],
    )
}

/** Each boundary that bills something has its invoice, or was found to bill nothing; never a second one. */
export const oneInvoicePerBoundary: Invariant = {
  name: 'one invoice per boundary',
  check(world) {
    const made = new Set(
      [...eventsOf(world, InvoiceDrafted), ...eventsOf(world, InvoiceSkipped)].map(({ data }) => data.invoiceId),
    )
    const billing = boundariesOf(world).filter(({ boundary }) => boundary.closed !== null || boundary.base !== null)
    const missing = billing.filter(({ invoiceId }) => !made.has(invoiceId))
    const finalized = eventsOf(world, InvoiceFinalized)
    const twice = repeatedKeys(finalized, ({ data }) => data.invoiceId)
    const strange = finalized.filter(({ data, stream }) => stream !== `invoice-${data.invoiceId}`)
    return [
      ...missing.map(
        ({ subscriptionId, boundary }) => `${subscriptionId}: ${boundary.kind} at ${boundary.at} has none`,
      ),
      ...twice.map((invoiceId) => `${invoiceId} was issued twice`),
      ...strange.map(({ stream }) => `${stream} holds another invoice`),
    ]
  },
}

/** The closed periods of a subscription follow one another without gap or overlap, so each instant is billed once. */
export const periodsTile: Invariant = {
  name: 'periods tile time',
  check(world) {
    return [...grouped(boundariesOf(world), ({ subscriptionId }) => subscriptionId)].flatMap(([id, crossed]) =>
      brokenTiling(id, crossed, startOf(world.events, id)),
    )
  },
}

function startOf(events: readonly RecordedEvent[], subscriptionId: string): string {
  const started = eventsOf({ events }, SubscriptionStarted).find(({ data }) => data.subscriptionId === subscriptionId)
  return started?.data.startedAt ?? ''
}

function brokenTiling(subscriptionId: string, crossed: readonly Crossed[], startedAt: string): string[] {
  const broken: string[] = []
  let end = startedAt
  for (const { closed } of crossed.map(({ boundary }) => boundary)) {
    if (closed === null) continue
    if (closed.start !== end) broken.push(`${subscriptionId}: a period begins at ${closed.start}, not at ${end}`)
    end = closed.end
  }
  return broken
}
