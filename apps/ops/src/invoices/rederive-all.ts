import { isEvent, type RecordedEvent } from '@billstream/event-sourcing-core'
import { InvoiceFinalized } from '@billstream/invoicing-contracts'
import { invoiceView } from '@billstream/invoicing-read-model'
import { subscriptionView } from '@billstream/subscriptions-read-model'
import { allRows } from '../console/all-rows'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { BillingHistory } from './billing-history'
import { PlanVersions } from './measured-inputs'
import { rederiveInvoice, type InvoiceDifference } from './rederive-invoice'

/** Invoices of one subscription. */
const INVOICES_MAX = 100_000

export interface Rederived {
  readonly checked: number
  readonly differences: readonly InvoiceDifference[]
}

type RederivePorts = Pick<OpsPorts, 'eventStore' | 'viewsAnywhere' | 'views'>

/**
 * Makes every issued invoice once more, of one organization or of all, subscription by subscription: in memory are the
 * invoices of one. The views only say which invoices there are; what they hold comes from the events.
 */
export async function rederiveAll(
  organizationId: string | undefined,
  ports: RederivePorts,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<Rederived> {
  const plans = new PlanVersions(ports.eventStore)
  const differences: InvoiceDifference[] = []
  let checked = 0
  const where = organizationId === undefined ? {} : { organization_id: organizationId }
  progress.total(await ports.viewsAnywhere.countAnywhere(subscriptionView, where))
  for await (const subscription of allRows(subscriptionView, where, ports)) {
    if (signal.aborted) break
    const invoices = await ports.views.find(invoiceView, subscription.organization_id, {
      where: { subscription_id: subscription.id },
      limit: INVOICES_MAX,
    })
    const result = await rederiveTogether(
      invoices.map(({ id }) => id),
      plans,
      ports,
    )
    checked += result.checked
    differences.push(...result.differences)
    progress.advance(1)
  }
  return { checked, differences }
}

async function rederiveTogether(
  invoiceIds: readonly string[],
  plans: PlanVersions,
  { eventStore }: RederivePorts,
): Promise<Rederived> {
  const history = new BillingHistory()
  const differences: InvoiceDifference[] = []
  let checked = 0
  for (const event of await eventsOf(invoiceIds, eventStore)) {
    if (isEvent(InvoiceFinalized, event)) {
      checked += 1
      differences.push(...(await rederiveInvoice(event.data, { history, plans, eventStore })))
    }
    history.apply(event)
  }
  return { checked, differences }
}

async function eventsOf(
  invoiceIds: readonly string[],
  eventStore: RederivePorts['eventStore'],
): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for (const invoiceId of invoiceIds) {
    for await (const event of eventStore.read(`invoice-${invoiceId}`)) events.push(event)
  }
  return events.sort((a, b) => (a.position < b.position ? -1 : 1))
}
