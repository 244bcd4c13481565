import type { ChangedPeriod, FactReader, PlatformPorts } from '@billstream/event-sourcing-runtime'
import { DraftInvoice, InvoiceSkipped } from '@billstream/invoicing-contracts'
import { invoiceProjection } from '@billstream/invoicing-read-model'
import type { MeasuredRequest } from './measured-request'
import { planCharges } from './plan-charges.facts'

/** Open periods that are looked at for one invoice. */
export const OPEN_PERIODS_MAX = 1_000
/** Charges of all corrected periods of one measurement, so that one event holds it; the rest comes with the next invoice. */
export const CORRECTED_CHARGES_MAX = 1_000

type Ports = Pick<PlatformPorts, 'usageLog' | 'eventStore'>
/** Whose earlier periods, seen from which invoice. */
type Correcting = Pick<MeasuredRequest, 'invoiceId' | 'subscriptionId'> & { readonly organizationId: string }

/**
 * The invoices of earlier periods of a subscription whose usage changed after they were billed: finalized ones, and those that
 * came to nothing. What is still a draft is left out: its own last measurement bills it. Oldest first.
 */
export async function correctablePeriods(
  { organizationId, invoiceId, subscriptionId }: Correcting,
  ports: Ports,
  facts: FactReader,
): Promise<string[]> {
  const open = await ports.usageLog.openPeriodsOf(organizationId, subscriptionId, OPEN_PERIODS_MAX)
  const earlier = open.filter((period) => period.invoiceId !== invoiceId)
  if (earlier.length === 0) return []
  const billed = await billedOf(earlier, ports, facts)
  return (await withinBound(billed, facts)).map((period) => period.invoiceId)
}

async function billedOf(periods: readonly ChangedPeriod[], ports: Ports, facts: FactReader): Promise<ChangedPeriod[]> {
  const ids = periods.map(({ invoiceId }) => invoiceId)
  const rows = await facts.find(invoiceProjection, { where: { id: { in: ids } }, limit: ids.length })
  const statuses = new Map(rows.map(({ id, status }) => [id, status]))
  const billed: ChangedPeriod[] = []
  for (const period of periods) {
    const status = statuses.get(period.invoiceId) ?? (await statusOfUnseen(period.invoiceId, ports))
    if (['finalized', 'paid', 'skipped'].includes(status)) billed.push(period)
  }
  return billed
}

/**
 * The view has no row of an invoice that came to nothing, nor of one that is about to be drafted. Only the first is billed by
 * a correction: the draft of the second will hold the usage, and taking both would bill it twice. The stream tells them apart.
 */
async function statusOfUnseen(invoiceId: string, { eventStore }: Ports): Promise<'skipped' | 'coming'> {
  let last: string | undefined
  for await (const event of eventStore.read(`${DraftInvoice.category}-${invoiceId}`)) last = event.type
  return last === InvoiceSkipped.type ? 'skipped' : 'coming'
}

async function withinBound(periods: readonly ChangedPeriod[], facts: FactReader): Promise<ChangedPeriod[]> {
  const taken: ChangedPeriod[] = []
  let charges = 0
  for (const period of periods) {
    const plan = await planCharges(period.request as MeasuredRequest, facts)
    charges += plan?.charges.length ?? 0
    if (taken.length > 0 && charges > CORRECTED_CHARGES_MAX) return taken
    taken.push(period)
  }
  return taken
}
