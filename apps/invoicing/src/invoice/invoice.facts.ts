import { addSeconds, civilDate, compareInstants, ok, refuse } from '@billstream/kernel'
import type { CommandOf, EventOf } from '@billstream/event-sourcing-core'
import type { FactReader, Gather, Numbers } from '@billstream/event-sourcing-runtime'
import type { CompleteFinalization } from '@billstream/invoicing-contracts'
import {
  comesToNothing,
  composeInvoice,
  type BaseInput,
  type DraftFacts,
  type FinalizationFacts,
  type InvoiceInputs,
  type TaxRate,
} from '@billstream/invoicing-domain'
import { invoiceProjection } from '@billstream/invoicing-read-model'
import { intervalOf, type BasePart, type Boundary } from '@billstream/subscriptions-contracts'
import type { PeriodMeasured } from '@billstream/usage-contracts'
import { carriedCredits, chargeUsage, correctionInputs } from './corrections.facts'
import { invoiceTerms } from './invoice-terms.facts'
import { chargesOf } from './plan-version.facts'

type Measurement = EventOf<typeof PeriodMeasured>['data']

/** For a draft and for its refreshing. */
export const gatherForDraft: Gather = async (command, facts) => {
  const measurement = measurementIn(command.data)
  const terms = await invoiceTerms(measurement.customerId, command.metadata.organizationId, facts)
  const boundary = measurement.boundary as Boundary
  const { subscriptionId, customerId } = measurement
  return ok<DraftFacts>({
    inputs: await inputsOf(measurement, terms.taxes, facts),
    head: {
      ...{ invoiceType: 'subscription', subscriptionId, customerId, currency: boundary.plan.currency },
      externalSubscriptionId: measurement.externalSubscriptionId,
      timezone: terms.timezone,
      boundaryAt: boundary.at,
      netPaymentTermDays: terms.netPaymentTermDays,
      measured: requestOf(measurement),
    },
    // Grace waits for late usage; after the end, the day before its correction did.
    graceDays: boundary.kind === 'correction' ? 0 : terms.graceDays,
  })
}

/** The number is taken here, once per invoice, and only for what will be issued: after it nothing refuses. */
export function gatherForCompletion(numbers: Numbers): Gather {
  return async (command, facts) => {
    const { invoiceId, issuedAt } = command.data as CommandOf<typeof CompleteFinalization>['data']
    const { organizationId } = command.metadata
    const measurement = measurementIn(command.data)
    if (await earlierIsBeingIssued(measurement, command.metadata.now, facts)) {
      return refuse('earlier_invoice_first', 'An earlier invoice of the subscription is being issued.')
    }
    const terms = await invoiceTerms(measurement.customerId, organizationId, facts)
    const inputs = await inputsOf(measurement, terms.taxes, facts)
    const content = composeInvoice(inputs)
    const isIssued = content.ok && !comesToNothing(inputs, content.value)
    const series = `INV-${civilDate(issuedAt, terms.organizationTimezone).replaceAll('-', '')}`
    const taken = isIssued ? await numbers.take([{ organizationId, series, documentId: invoiceId }]) : undefined
    const number = taken?.get(invoiceId)
    return ok<FinalizationFacts>({
      inputs,
      number: number === undefined ? null : `${series}-${String(number).padStart(4, '0')}`,
      buyer: terms.buyer,
    })
  }
}

/** An earlier invoice that is not issued after so long does not hold up later ones, in seconds. */
const EARLIER_INVOICE_SECONDS_MAX = 60

/** Drafts of one subscription that are looked at. */
const DRAFTS_MAX = 1_000

/**
 * Periods of a start in the past close at once, and their invoices are made side by side: numbers still go by period, and so do
 * credits that an invoice carries on to the next.
 */
async function earlierIsBeingIssued(measurement: Measurement, now: string, facts: FactReader): Promise<boolean> {
  const { invoiceId, subscriptionId } = measurement
  const own = await facts.get(invoiceProjection, invoiceId)
  if (!own) return false
  const drafts = await facts.find(invoiceProjection, {
    where: { subscription_id: subscriptionId, status: 'draft' },
    limit: DRAFTS_MAX,
  })
  const since = addSeconds(now, -EARLIER_INVOICE_SECONDS_MAX)
  return drafts.some(
    ({ billing_period_start, finalize_at, created_at }) =>
      compareInstants(billing_period_start, own.billing_period_start) < 0 &&
      finalize_at !== null &&
      compareInstants(finalize_at, now) <= 0 &&
      compareInstants(created_at, since) >= 0,
  )
}

/** A process passed the recorded measurement on as it is. */
function measurementIn(data: unknown): Measurement {
  return (data as { measurement: unknown }).measurement as Measurement
}

async function inputsOf(
  measurement: Measurement,
  taxes: readonly TaxRate[],
  facts: FactReader,
): Promise<InvoiceInputs> {
  const { invoiceId, measurementId, watermark, subscriptionId } = measurement
  const { base } = measurement.boundary as Boundary
  const making = { invoiceId, subscriptionId, taxes }
  const [usage, corrections, carried] = await Promise.all([
    usageInput(measurement, facts),
    correctionInputs(measurement.corrections, making, facts),
    carriedCredits(measurement.corrections, making, facts),
  ])
  return { invoiceId, measurementId, watermark, base: base && baseInput(base), usage, corrections, carried, taxes }
}

async function usageInput(measurement: Measurement, facts: FactReader): Promise<InvoiceInputs['usage']> {
  const { planId, planVersion, period, charges } = measurement
  if (period === null) return null
  return {
    planId,
    planVersion,
    period,
    charges: await chargesOf(measurement, facts),
    measured: charges.map(chargeUsage),
  }
}

/** The base part of a boundary as it is priced. */
export function baseInput({ plan, full, from, to, timezone }: BasePart): BaseInput {
  const { planId, planVersion, planName, amount, interval } = plan
  const { unit } = intervalOf(interval)
  return { planId, planVersion, planName, amount, unit, full, stretch: { start: from, end: to }, timezone }
}

/** The measured request, which the last measurement repeats. */
function requestOf({ charges: _charges, corrections: _corrections, watermark: _watermark, ...request }: Measurement) {
  return request
}
