import { isEvent, type Position } from '@billstream/event-sourcing-core'
import { InvoiceFinalized } from '@billstream/invoicing-contracts'
import { eventsBetween } from '../console/follow'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'
import { isOf, partitionsOf, type Partition } from './folded-rows'

interface Surroundings {
  readonly progress: Progress
  readonly signal: AbortSignal
  /** Invoices that there are. */
  readonly invoices: number
}

/** No number twice in an organization, of all invoices that were ever issued; as the events say, wherever views stand. */
export async function verifyNumbers(
  to: Position,
  ports: Pick<OpsPorts, 'eventStore'>,
  { invoices, ...surroundings }: Surroundings,
): Promise<CheckResult[]> {
  const tally = new Tally('3. one invoice per number')
  const of = partitionsOf(invoices)
  surroundings.progress.total(Number(to) * of)
  for (let index = 0; index < of && !surroundings.signal.aborted; index += 1) {
    await numbersOf({ index, of }, { to, ports, tally, ...surroundings })
  }
  return [tally.result]
}

interface Walk extends Omit<Surroundings, 'invoices'> {
  readonly to: Position
  readonly ports: Pick<OpsPorts, 'eventStore'>
  readonly tally: Tally
}

async function numbersOf(partition: Partition, { to, ports, tally, progress, signal }: Walk): Promise<void> {
  const invoices = new Map<string, string>()
  let reached = 0n
  const range = { from: 0n, to, signal, filter: { types: [InvoiceFinalized.type] } }
  for await (const batch of eventsBetween(ports.eventStore, range)) {
    for (const event of batch.events) {
      if (!isEvent(InvoiceFinalized, event)) continue
      const { number, invoiceId } = event.data
      const place = `${event.metadata.organizationId} ${number}`
      if (!isOf(partition, place)) continue
      const first = invoices.get(place) ?? invoiceId
      invoices.set(place, first)
      tally.expect(`number ${number}`, first, invoiceId)
    }
    progress.advance(Number(batch.reached - reached))
    reached = batch.reached
  }
}
