import { want, type ProcessDefinition, type RecordedEvent } from '@billstream/event-sourcing-core'
import { derivedId } from '@billstream/kernel'
import { invoiceIdOf } from '@billstream/invoicing-contracts'
import type { Boundary } from '@billstream/subscriptions-contracts'
import { MeasurePeriod, type MeasurementCommand } from '@billstream/usage-contracts'

type Request = MeasurementCommand['data']

/** A boundary with something to bill is measured once; its invoice's id follows from the boundary's event. */
export const measurePeriodAtBoundary: ProcessDefinition = {
  name: 'measure-period-at-boundary',
  context: 'usage',
  reactsTo: ['SubscriptionStarted', 'SubscriptionPeriodClosed', 'SubscriptionTerminated'],
  react: (event) => {
    const { subscriptionId, boundary } = event.data as { subscriptionId: string; boundary: Boundary | null }
    if (!boundary || (boundary.closed === null && boundary.base === null)) return []
    return [want(MeasurePeriod, firstRequest(event, subscriptionId, boundary))]
  },
}

function firstRequest(event: RecordedEvent, subscriptionId: string, boundary: Boundary): Request {
  const invoiceId = invoiceIdOf(event.id)
  return {
    measurementId: derivedId('measurement', invoiceId, 'draft'),
    purpose: 'draft',
    invoiceId,
    subscriptionId,
    customerId: boundary.customerId,
    externalCustomerId: boundary.externalCustomerId,
    externalSubscriptionId: boundary.externalSubscriptionId,
    planId: boundary.plan.planId,
    planVersion: boundary.plan.planVersion,
    period: boundary.closed,
    boundary,
  }
}

/** The last measurement of an invoice: usage acknowledged before it is billed, later usage is a correction. */
export const measureAgainAtFinalization: ProcessDefinition = {
  name: 'measure-again-at-finalization',
  context: 'usage',
  reactsTo: ['InvoiceFinalizationStarted'],
  react: (event) => {
    const { invoiceId, measured } = event.data as { invoiceId: string; measured: unknown }
    const measurementId = derivedId('measurement', invoiceId, 'final')
    return [want(MeasurePeriod, { ...(measured as Request), measurementId, purpose: 'final' })]
  },
}

/** Late usage of a period whose invoice may still be a draft. Whether it is, invoicing decides: it refuses to refresh another. */
export const measureChangedPeriod: ProcessDefinition = {
  name: 'measure-changed-period',
  context: 'usage',
  reactsTo: ['MeasuredPeriodChanged'],
  react: (event) => {
    const { invoiceId, change, measured } = event.data as { invoiceId: string; change: number; measured: unknown }
    const measurementId = derivedId('measurement', invoiceId, 'refresh', change)
    return [want(MeasurePeriod, { ...(measured as Request), measurementId, purpose: 'refresh' })]
  },
}
