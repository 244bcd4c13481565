import { Controller } from '@nestjs/common'
import { amountText, presentFeePreview, presentInvoice } from '@billstream/apis-boxbilling'
import { PreviewInvoice, StartFinalization, type Fee, type InvoiceTotals } from '@billstream/invoicing-contracts'
import { invoiceView, type InvoiceRow } from '@billstream/invoicing-read-model'
import { subscriptionView } from '@billstream/subscriptions-read-model'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { CommandSender } from '../../../edge/commands/command-sender'
import { Refused } from '../../../edge/commands/refused'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { sameNames } from '../../../edge/queries/list-order'
import { CustomerLookup } from '../customers/customer-lookup'
import { found } from '../refused'
import { finalizeInvoice, getInvoice, listInvoices, previewInvoice } from './invoices.operations'

const sortable = sameNames(
  ...(['id', 'invoice_number', 'customer_id', 'subscription_id', 'status', 'invoice_type', 'currency'] as const),
  ...(['billing_period_start', 'billing_period_end', 'subtotal_cents', 'tax_amount_cents', 'total_cents'] as const),
  ...(['prepaid_credit_amount_cents', 'coupons_amount_cents', 'progressive_billing_credit_amount_cents'] as const),
  ...(['due_date', 'issued_at', 'paid_at', 'created_at', 'updated_at'] as const),
)

/** Drafts and invoices. Source: rules/boxbilling.md, section 10. */
@Controller()
export class InvoicesController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
    private readonly customers: CustomerLookup,
  ) {}

  @Handles(listInvoices)
  async list({ query, caller }: InputOf<typeof listInvoices>) {
    const where = onlySent({
      customer_id: query.customer_id ?? undefined,
      subscription_id: query.subscription_id ?? undefined,
      status: query.status ?? undefined,
    })
    const { rows, total } = await this.reads.page(invoiceView, caller.organizationId, query, { where, sortable })
    return listReply(rows.map(presentInvoice), total)
  }

  @Handles(previewInvoice)
  async preview({ body, caller, call }: InputOf<typeof previewInvoice>) {
    const row = await this.reads.views.get(subscriptionView, caller.organizationId, body.subscription_id)
    const subscription = found(row, 'subscription_not_found', 'There is no such subscription.', 'subscription_id')
    const time = await this.customers.timeOf(caller, subscription.customer_id)
    const data = {
      subscriptionId: subscription.id,
      from: body.billing_period_start ?? null,
      to: body.billing_period_end ?? null,
    }
    const preview = await this.commands.ask(PreviewInvoice, data, { caller, call, time })
    if (!preview.ok) throw new Refused(preview.error)
    return shownPreview(preview)
  }

  @Handles(getInvoice)
  async get({ params, caller }: InputOf<typeof getInvoice>) {
    return presentInvoice(await this.known(caller, params.invoice_id))
  }

  /** Starts a chain of measuring, composing and numbering; the answer is its outcome. */
  @Handles(finalizeInvoice)
  async finalize({ params, caller, call }: InputOf<typeof finalizeInvoice>) {
    const { id: invoiceId, customer_id } = await this.known(caller, params.invoice_id)
    const time = await this.customers.timeOfWrite(caller, customer_id)
    await this.commands.refuseWhileHalted(caller.organizationId)
    await this.commands.send(StartFinalization, { invoiceId }, { caller, call, time }, [])
    const isFinal = ({ status }: InvoiceRow) => status !== 'draft'
    return presentInvoice(await this.commands.outcome(invoiceView, caller.organizationId, invoiceId, isFinal))
  }

  private async known(caller: KeyCaller, invoiceId: string): Promise<InvoiceRow> {
    const row = await this.reads.views.get(invoiceView, caller.organizationId, invoiceId)
    return found(row, 'invoice_not_found', 'There is no such invoice.')
  }
}

function shownPreview({ currency, fees, totals }: { currency: string; fees: Fee[]; totals: InvoiceTotals }) {
  return {
    subtotal_cents: amountText(totals.subtotal),
    tax_amount_cents: amountText(totals.tax),
    coupons_amount_cents: amountText(totals.coupons),
    prepaid_credit_amount_cents: amountText(totals.prepaidCredit),
    total_cents: amountText(totals.total),
    currency,
    fees: fees.map(presentFeePreview),
  }
}
