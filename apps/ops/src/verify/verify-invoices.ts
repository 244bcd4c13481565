import { paymentProjection, type PaymentRow } from '@billstream/checkout-read-model'
import type { Position } from '@billstream/event-sourcing-core'
import { invoiceProjection, type InvoiceRow } from '@billstream/invoicing-read-model'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'
import { FoldedRows, partitionsOf, type Partition, type PartitionKey } from './folded-rows'

/** An invoice hears of its payment a moment later: it is looked at again so often, after a rest in milliseconds. */
const LOOKS_MAX = 5
const LOOK_REST_MS = 1_000

type InvoicePorts = Pick<OpsPorts, 'eventStore' | 'sleeper'>

interface Surroundings {
  readonly progress: Progress
  readonly signal: AbortSignal
  /** Invoices and payments that there are. */
  readonly rows: number
}

/**
 * Total = settled + due, of every issued invoice. Invoices and payments are folded from the events, so both are of one moment
 * wherever their views stand.
 */
export async function verifyInvoices(
  to: Position,
  ports: InvoicePorts,
  surroundings: Surroundings,
): Promise<CheckResult[]> {
  const tally = new Tally('1. total = settled + due, of every issued invoice')
  const of = partitionsOf(surroundings.rows)
  surroundings.progress.total(Number(to) * of)
  for (let index = 0; index < of && !surroundings.signal.aborted; index += 1) {
    await new SettlementCheck({ index, of }, tally, ports, surroundings).run(to)
  }
  return [tally.result]
}

const invoiceOf: PartitionKey = (projection, row) =>
  projection.name === paymentProjection.name ? (row as PaymentRow).invoice_id : row.id

class SettlementCheck {
  private readonly folded: FoldedRows

  constructor(
    partition: Partition,
    private readonly tally: Tally,
    private readonly ports: InvoicePorts,
    private readonly surroundings: Surroundings,
  ) {
    this.folded = new FoldedRows([invoiceProjection, paymentProjection], partition, invoiceOf)
  }

  async run(to: Position): Promise<void> {
    if (!(await this.isFoldedTo(to))) return
    let open = this.unsettled(this.issued())
    for (let look = 1; look < LOOKS_MAX && open.length > 0; look += 1) {
      await this.ports.sleeper.sleep(LOOK_REST_MS)
      if (!(await this.isFoldedTo(await this.ports.eventStore.head()))) return
      open = this.unsettled(open)
    }
    const paid = this.paid()
    for (const id of open) {
      const invoice = this.invoice(id)
      this.tally.differ(`invoice ${id}`, invoice?.total_cents, invoice && settledAndDue(invoice, paid))
    }
  }

  /** Counts those that are settled as they should be; returns the others. */
  private unsettled(ids: readonly string[]): string[] {
    const paid = this.paid()
    const unsettled = ids.filter((id) => {
      const invoice = this.invoice(id)
      return invoice?.total_cents !== (invoice && settledAndDue(invoice, paid))
    })
    this.tally.agree(ids.length - unsettled.length)
    return unsettled
  }

  private issued(): string[] {
    return this.folded.ids(invoiceProjection).filter((id) => this.invoice(id)?.status !== 'draft')
  }

  private invoice(id: string): InvoiceRow | undefined {
    return this.folded.row(invoiceProjection, id) as InvoiceRow | undefined
  }

  /** Minor units that succeeded, by invoice. */
  private paid(): ReadonlyMap<string, bigint> {
    const paid = new Map<string, bigint>()
    for (const id of this.folded.ids(paymentProjection)) {
      const payment = this.folded.row(paymentProjection, id) as PaymentRow | undefined
      if (payment?.status !== 'succeeded') continue
      paid.set(payment.invoice_id, (paid.get(payment.invoice_id) ?? 0n) + BigInt(payment.amount_cents))
    }
    return paid
  }

  /** false: it was broken off, and what is folded is of no moment that could be checked. */
  private async isFoldedTo(to: Position): Promise<boolean> {
    const { signal, progress } = this.surroundings
    await this.folded.foldTo(to, this.ports, { signal, seen: (positions) => progress.advance(positions) })
    const failure = this.folded.failureOf(invoiceProjection) ?? this.folded.failureOf(paymentProjection)
    if (failure) throw failure
    return !signal.aborted
  }
}

/** Minor units: what is due, credits that were used, and what was paid. */
function settledAndDue(invoice: InvoiceRow, paid: ReadonlyMap<string, bigint>): string {
  const { amount_due_cents, prepaid_credit_amount_cents, id } = invoice
  return (BigInt(amount_due_cents) + BigInt(prepaid_credit_amount_cents) + (paid.get(id) ?? 0n)).toString()
}
