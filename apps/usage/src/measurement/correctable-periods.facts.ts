import type { ChangedPeriod, FactReader, PlatformPorts } from '@billstream/event-sourcing-runtime'
import { DraftInvoice, InvoiceSkipped } from '@billstream/invoicing-contracts'
import { invoiceProjection } from '@billstream/invoicing-read-model'
import type { MeasuredCharge } from '@billstream/usage-contracts'
import type { MeasuredRequest } from './measured-request'
import { chargesOf, planCharges } from './plan-charges.facts'

/** Open periods that are looked at for one invoice. */
const OPEN_PERIODS_MAX = 1_000
/**
 * Bytes of all corrected periods of one measurement; the rest comes with the next invoice. An invoice's line is up to three times
 * as long as what was measured for it, and the event of either must fit into one append of 1,000,000 bytes.
 */
export const CORRECTIONS_BYTES_MAX = 250_000
/** What sums, greatest and last values may add to a charge without any. */
const PARTS_BYTES_MAX = 200

type Ports = Pick<PlatformPorts, 'usageLog' | 'eventStore'>
/** Whose earlier periods, seen from which invoice. */
interface Correcting {
  /** The invoice that corrects; null: one that is to come. */
  readonly invoiceId: string | null
  readonly subscriptionId: string
  readonly organizationId: string
}

/**
 * Earlier periods of a subscription whose usage changed after they were billed: their invoices are finalized, or came to
 * nothing. What is still a draft is left out: its own last measurement bills it. In the log's order: none waits for ever
 * for room.
 */
export async function correctablePeriods(
  { organizationId, invoiceId, subscriptionId }: Correcting,
  ports: Ports,
  facts: FactReader,
): Promise<ChangedPeriod[]> {
  const open = await ports.usageLog.openPeriodsOf(organizationId, subscriptionId, OPEN_PERIODS_MAX)
  const earlier = open.filter((period) => period.invoiceId !== invoiceId)
  if (earlier.length === 0) return []
  const billed = await billedOf(earlier, ports, facts)
  return withinBound(billed, facts)
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
  let bytes = 0
  for (const period of periods) {
    const plan = await planCharges(period.request as MeasuredRequest, facts)
    bytes += plan ? bytesOf(chargesOf(plan, [])) : 0
    if (taken.length > 0 && bytes > CORRECTIONS_BYTES_MAX) return taken
    taken.push(period)
  }
  return taken
}

function bytesOf(charges: readonly MeasuredCharge[]): number {
  return Buffer.byteLength(JSON.stringify(charges)) + charges.length * PARTS_BYTES_MAX
}
