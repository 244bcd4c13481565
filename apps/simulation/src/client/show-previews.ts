import { addSeconds, compareInstants } from '@billstream/kernel'
import { PreviewInvoice } from '@billstream/invoicing-contracts'
import { invoiceView } from '@billstream/invoicing-read-model'
import { subscriptionView } from '@billstream/subscriptions-read-model'
import type { Action } from '../story/story'
import type { SimulatedSubscription } from './cast'
import type { Stage } from './perform'

const SECONDS_PER_HOUR = 3_600

/** Looks at the next invoices that an advance is going to bring, as far as nothing can change until then. */
export async function showPreviews(action: Action | undefined, stage: Stage): Promise<void> {
  if (action?.kind !== 'advance-clock') return
  const { cast } = stage
  const clock = cast.clocks[action.clock]
  if (!clock) return
  const target = addSeconds(clock.now, action.hours * SECONDS_PER_HOUR)
  const ofClock = cast.subscriptions.filter(({ customer }) => customer.clock === clock && customer.graceDays === 0)
  for (const subscription of ofClock) await showPreview(subscription, target, stage)
}

async function showPreview(subscription: SimulatedSubscription, target: string, stage: Stage): Promise<void> {
  const { client, cast, planned, views, ledger } = stage
  const row = await views.get(subscriptionView, cast.organizationId, subscription.id)
  const periodEnd = row?.status === 'active' ? row.period_end : null
  if (periodEnd === null || compareInstants(periodEnd, target) > 0) return
  const where = { subscription_id: subscription.id, status: 'draft' }
  if ((await views.count(invoiceView, cast.organizationId, where)) > 0) return
  const at = cast.nowOf(subscription.customer, planned)
  const preview = await client.ask(PreviewInvoice, { subscriptionId: subscription.id, from: null, to: null }, at)
  if (!preview.ok) return ledger.surprise(`no preview of ${subscription.id}: ${preview.error.code}`)
  ledger.previews.push({
    subscriptionId: subscription.id,
    periodEnd,
    amounts: preview.fees.map(({ amount }) => amount),
    total: preview.totals.total,
  })
}
