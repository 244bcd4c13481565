import { Controller } from '@nestjs/common'
import { presentPayment } from '@billstream/apis-boxbilling'
import { RetryPayment } from '@billstream/checkout-contracts'
import { paymentView, type PaymentRow } from '@billstream/checkout-read-model'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { CommandSender } from '../../../edge/commands/command-sender'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { sameNames } from '../../../edge/queries/list-order'
import { CustomerLookup } from '../customers/customer-lookup'
import { found } from '../refused'
import { getPayment, listPayments, retryPayment } from './payments.operations'

const sortable = sameNames(
  ...(['id', 'invoice_id', 'customer_id', 'amount_cents', 'currency', 'status', 'provider'] as const),
  ...(['provider_payment_id', 'failure_reason', 'created_at', 'updated_at', 'completed_at'] as const),
)

/** Payments of invoices. Source: rules/boxbilling.md, section 12. */
@Controller()
export class PaymentsController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
    private readonly customers: CustomerLookup,
  ) {}

  @Handles(listPayments)
  async list({ query, caller }: InputOf<typeof listPayments>) {
    const where = onlySent({
      invoice_id: query.invoice_id ?? undefined,
      customer_id: query.customer_id ?? undefined,
      status: query.status ?? undefined,
      provider: query.provider ?? undefined,
    })
    const { rows, total } = await this.reads.page(paymentView, caller.organizationId, query, { where, sortable })
    return listReply(rows.map(presentPayment), total)
  }

  @Handles(getPayment)
  async get({ params, caller }: InputOf<typeof getPayment>) {
    return presentPayment(await this.known(caller, params.payment_id))
  }

  @Handles(retryPayment)
  async retry({ params, caller, call }: InputOf<typeof retryPayment>) {
    const payment = await this.known(caller, params.payment_id)
    const time = await this.customers.timeOfWrite(caller, payment.customer_id)
    await this.commands.send(RetryPayment, { paymentId: payment.id }, { caller, call, time }, [paymentView])
    return presentPayment(await this.known(caller, payment.id))
  }

  private async known(caller: KeyCaller, paymentId: string): Promise<PaymentRow> {
    const row = await this.reads.views.get(paymentView, caller.organizationId, paymentId)
    return found(row, 'payment_not_found', 'There is no such payment.')
  }
}
