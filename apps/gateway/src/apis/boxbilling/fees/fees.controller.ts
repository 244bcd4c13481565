import { Controller } from '@nestjs/common'
import { presentFee } from '@billstream/apis-boxbilling'
import { feeView } from '@billstream/invoicing-read-model'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { sameNames } from '../../../edge/queries/list-order'
import { found } from '../refused'
import { getFee, listFees } from './fees.operations'

const sortable = sameNames(
  ...(['id', 'invoice_id', 'charge_id', 'subscription_id', 'customer_id', 'fee_type', 'amount_cents'] as const),
  ...(['taxes_amount_cents', 'total_amount_cents', 'units', 'events_count', 'unit_amount_cents'] as const),
  ...(['payment_status', 'description', 'metric_code', 'created_at', 'updated_at'] as const),
)

/** Lines of invoices and drafts. Source: rules/boxbilling.md, section 10. */
@Controller()
export class FeesController {
  constructor(private readonly reads: GatewayReads) {}

  @Handles(listFees)
  async list({ query, caller }: InputOf<typeof listFees>) {
    const where = onlySent({
      invoice_id: query.invoice_id ?? undefined,
      customer_id: query.customer_id ?? undefined,
      subscription_id: query.subscription_id ?? undefined,
      fee_type: query.fee_type ?? undefined,
      payment_status: query.payment_status ?? undefined,
    })
    const { rows, total } = await this.reads.page(feeView, caller.organizationId, query, { where, sortable })
    return listReply(rows.map(presentFee), total)
  }

  @Handles(getFee)
  async get({ params, caller }: InputOf<typeof getFee>) {
    const row = await this.reads.views.get(feeView, caller.organizationId, params.fee_id)
    return presentFee(found(row, 'fee_not_found', 'There is no such fee.'))
  }
}
