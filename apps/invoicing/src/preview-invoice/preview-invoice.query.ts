import { compareInstants, ok, parseInstant, refuse, type Period, type Result } from '@billstream/kernel'
import { answer, type QueryContext, type QueryRegistration } from '@billstream/event-sourcing-runtime'
import { PreviewInvoice, type PreviewedUsage, type PreviewRefusal } from '@billstream/invoicing-contracts'
import { composeInvoice, type InvoiceInputs } from '@billstream/invoicing-domain'
import type { MessageBus } from '@billstream/messaging'
import { nextPeriod, type BasePart, type BillingTerms } from '@billstream/subscriptions-contracts'
import { subscriptionProjection, type SubscriptionRow } from '@billstream/subscriptions-read-model'
import { CurrentUsage, type MeasuredCharge } from '@billstream/usage-contracts'
import { carriedCredits, chargeUsage, correctionInputs } from '../invoice/corrections.facts'
import { baseInput } from '../invoice/invoice.facts'
import { invoiceTerms } from '../invoice/invoice-terms.facts'
import { chargesOf } from '../invoice/plan-version.facts'

type Refused<T> = Result<T, PreviewRefusal['code']>

/** A subscription that runs: the open full period, and where its billing begins. */
interface Running {
  readonly row: SubscriptionRow
  readonly startedAt: string
  readonly period: Period
  readonly billed: Period
}

/**
 * The invoice that the open period's close will bring, by the same code, from what is known now; nothing is written. A window
 * lies inside the billed part of the open period. Source: rules/boxbilling.md section 10.
 */
export function previewInvoice(bus: Pick<MessageBus, 'ask'>): QueryRegistration {
  return answer(PreviewInvoice, async ({ subscriptionId, from, to }, context) => {
    const running = runningOf(await context.facts.get(subscriptionProjection, subscriptionId))
    if (!running.ok) return running
    const window = windowOf(running.value, from, to)
    if (!window.ok) return window
    const { inputs, usage } = await gathered(running.value, window.value, context, bus)
    const content = composeInvoice(inputs)
    if (!content.ok) return content
    const { fees, totals } = content.value
    return { ok: true as const, currency: running.value.row.plan.currency, fees, totals, usage }
  })
}

function runningOf(row: SubscriptionRow | undefined): Refused<Running> {
  if (!row) return refuse('subscription_not_found', 'There is no such subscription.', 'subscription_id')
  const { status, started_at, period_start, period_end } = row
  if (status !== 'active' || started_at === null || period_start === null || period_end === null) {
    return refuse('subscription_not_active', 'Only an active subscription has a next invoice.')
  }
  const start = compareInstants(period_start, started_at) >= 0 ? period_start : started_at
  return ok({
    row,
    startedAt: started_at,
    period: { start: period_start, end: period_end },
    billed: { start, end: period_end },
  })
}

function windowOf({ billed }: Running, from: string | null, to: string | null): Refused<Period> {
  const [start, end] = [parseInstant(from ?? billed.start), parseInstant(to ?? billed.end)]
  if (!start.ok) return refuse('invalid_window', start.error.message, 'billing_period_start')
  if (!end.ok) return refuse('invalid_window', end.error.message, 'billing_period_end')
  const window = { start: start.value, end: end.value }
  if (compareInstants(window.start, window.end) >= 0) {
    return refuse('invalid_window', 'A window ends after its beginning.', 'billing_period_end')
  }
  const isInside = compareInstants(billed.start, window.start) <= 0 && compareInstants(window.end, billed.end) <= 0
  return isInside ? ok(window) : refuse('window_over_boundary', 'The window lies inside the open period.')
}

async function gathered(
  running: Running,
  window: Period,
  { organizationId, correlationId, now, facts }: QueryContext,
  bus: Pick<MessageBus, 'ask'>,
): Promise<{ inputs: InvoiceInputs; usage: PreviewedUsage[] }> {
  const { row } = running
  const { planId, planVersion } = row.plan
  const usageRequest = {
    ...{ subscriptionId: row.id, planId, planVersion, period: { start: window.start, end: window.end } },
    externalSubscriptionId: row.external_id,
    externalCustomerId: row.external_customer_id,
  }
  const [terms, charges, usage] = await Promise.all([
    invoiceTerms(row.customer_id, organizationId, facts),
    chargesOf(row.plan, facts),
    bus.ask(CurrentUsage, usageRequest, { organizationId, correlationId, now }),
  ])
  const making = { invoiceId: row.id, subscriptionId: row.id, taxes: terms.taxes }
  const [corrections, carried] = await Promise.all([
    correctionInputs(usage.corrections, making, facts),
    carriedCredits(usage.corrections, making, facts),
  ])
  const base = basePart(running, window, terms.timezone)
  const inputs: InvoiceInputs = {
    invoiceId: row.id,
    measurementId: null,
    watermark: null,
    base: base && baseInput(base),
    usage: { planId, planVersion, period: window, charges, measured: usage.charges.map(chargeUsage) },
    corrections,
    carried,
    taxes: terms.taxes,
  }
  return { inputs, usage: usage.charges.map(previewed) }
}

function previewed({ chargeId, metricCode, aggregation, units }: MeasuredCharge): PreviewedUsage {
  return { chargeId, metricCode, aggregation, units }
}

/** In arrears the window's part; in advance the next period, when the window reaches it. timezone: the present one. */
function basePart({ row, startedAt, period }: Running, window: Period, timezone: string): BasePart | null {
  const { plan } = row
  if (!row.pay_in_advance) {
    return { plan, full: period, from: window.start, to: window.end, timezone: row.timezone }
  }
  if (compareInstants(window.end, period.end) !== 0) return null
  const billingTime = row.billing_time as BillingTerms['billingTime']
  const full = nextPeriod({ interval: plan.interval, billingTime, startedAt, timezone }, period)
  return { plan, full, from: full.start, to: full.end, timezone }
}
