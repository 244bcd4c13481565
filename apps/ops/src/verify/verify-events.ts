import { PaymentOpened } from '@billstream/checkout-contracts'
import { isEvent, type Position, type RecordedEvent } from '@billstream/event-sourcing-core'
import { ClaimHeld, CreationAbandoned } from '@billstream/event-sourcing-runtime'
import { InvoiceDrafted, InvoiceFinalized, InvoiceRefreshed, invoiceIdOf } from '@billstream/invoicing-contracts'
import { SubscriptionCreated, type Boundary } from '@billstream/subscriptions-contracts'
import { PeriodMeasured } from '@billstream/usage-contracts'
import { eventsBetween } from '../console/follow'
import type { Progress } from '../console/progress'
import { eventIdOf } from '../events/event-causes'
import { addsUp } from '../invoices/explain-invoice'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'
import { EventShapes } from './event-shapes'
import { PaymentAmounts } from './payment-amounts'
import { StreamOrganizations } from './stream-organizations'

/** What one walk through all events checks, and how much it saw of what further checks hold in memory. */
interface Walked {
  readonly results: CheckResult[]
  readonly invoices: number
  readonly payments: number
  readonly measurements: number
  readonly subscriptions: number
}

/** What one walk through all events checks. */
export async function verifyEvents(
  to: Position,
  { eventStore, events: registry }: Pick<OpsPorts, 'eventStore' | 'events'>,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<Walked> {
  const walk = new EventWalk(new EventShapes(registry))
  let reached = 0n
  for await (const batch of eventsBetween(eventStore, { from: 0n, to, signal })) {
    for (const event of batch.events) walk.see(event)
    progress.advance(Number(batch.reached - reached))
    reached = batch.reached
  }
  return walk
}

class EventWalk implements Walked {
  invoices = 0
  payments = 0
  measurements = 0
  subscriptions = 0
  private readonly shapes = new Tally('0. every event has the shape of its type and version')
  private readonly organizations = new StreamOrganizations()
  private readonly amounts = new PaymentAmounts()
  private readonly sums = new Tally(
    '1. fees - discounts + taxes - progressive credits = total, on every invoice as recorded',
  )
  private readonly boundaries = new Tally('3. at most one invoice per boundary: its id follows from the boundary')
  private readonly commands = new Tally('3. one effect per command: each event’s id follows from its command')
  private last: { readonly commandId: string; readonly stream: string; readonly index: number } | undefined

  constructor(private readonly shapesOf: EventShapes) {}

  get results(): CheckResult[] {
    const { shapes, organizations, sums, amounts, boundaries, commands } = this
    return [shapes, organizations, sums, amounts, boundaries, commands].map(({ result }) => result)
  }

  /** Of an event that is damaged nothing more is read than who recorded it. */
  see(event: RecordedEvent): void {
    const fault = this.shapesOf.faultOf(event)
    this.shapes.expect(nameOf(event), 'the shape of its type', fault ?? 'the shape of its type')
    if (fault === undefined) this.seeData(event)
    this.organizations.see(event)
    this.seeCommand(event)
  }

  private seeData(event: RecordedEvent): void {
    this.amounts.see(event)
    if (isEvent(InvoiceDrafted, event)) this.invoices += 1
    if (isEvent(PaymentOpened, event)) this.payments += 1
    if (isEvent(InvoiceDrafted, event) || isEvent(InvoiceRefreshed, event) || isEvent(InvoiceFinalized, event)) {
      this.sums.expect(`invoice ${event.data.invoiceId} at position ${event.position}`, true, addsUp(event.data))
      this.boundaries.expect(`event ${event.id}`, `invoice-${event.data.invoiceId}`, event.stream)
    }
    if (isEvent(PeriodMeasured, event)) {
      this.measurements += 1
      this.seeMeasurement(event)
    }
    if (isEvent(SubscriptionCreated, event)) this.subscriptions += 1
  }

  private seeMeasurement({
    data,
    metadata,
    id,
  }: RecordedEvent<string, { purpose: string; invoiceId: string; boundary?: unknown }>): void {
    const isOfBoundary = data.purpose === 'draft' && (data.boundary as Boundary).kind !== 'correction'
    if (isOfBoundary) this.boundaries.expect(`measurement ${id}`, invoiceIdOf(metadata.causationId), data.invoiceId)
  }

  /** The events of a command lie one behind the other in one stream. Claims have ids of their own. */
  private seeCommand({ type, id, stream, metadata }: RecordedEvent): void {
    if (type === ClaimHeld.type || type === CreationAbandoned.type) return
    const { commandId } = metadata
    const isNext = this.last?.commandId === commandId && this.last.stream === stream
    const index = isNext && this.last ? this.last.index + 1 : 0
    this.last = { commandId, stream, index }
    this.commands.expect(`event ${id}`, eventIdOf(commandId, index), id)
  }
}

function nameOf({ position, stream, type, id }: RecordedEvent): string {
  return `position ${position}, ${stream}, ${type} ${id}`
}
