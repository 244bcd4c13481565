import { Controller } from '@nestjs/common'
import { presentPaymentMethod } from '@billstream/apis-boxbilling'
import { AddPaymentMethod, RemovePaymentMethod, SetDefaultPaymentMethod } from '@billstream/checkout-contracts'
import { paymentMethodView, type PaymentMethodRow } from '@billstream/checkout-read-model'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { CommandSender, idOf } from '../../../edge/commands/command-sender'
import { CustomerTimes } from '../../../edge/commands/customer-time'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { sameNames } from '../../../edge/queries/list-order'
import { CustomerLookup } from '../customers/customer-lookup'
import { found } from '../refused'
import {
  createPaymentMethod,
  deletePaymentMethod,
  getPaymentMethod,
  listPaymentMethods,
  setDefaultPaymentMethod,
} from './payment-methods.operations'

const sortable = sameNames(
  ...(['id', 'customer_id', 'provider', 'provider_payment_method_id', 'type', 'is_default'] as const),
  ...(['created_at', 'updated_at'] as const),
)

/** What customers pay with. Source: rules/boxbilling.md, section 12. */
@Controller()
export class PaymentMethodsController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
    private readonly times: CustomerTimes,
    private readonly customers: CustomerLookup,
  ) {}

  @Handles(createPaymentMethod)
  async create({ body, caller, call }: InputOf<typeof createPaymentMethod>) {
    const customer = await this.customers.active(caller, body.customer_id, 'customer_id')
    const time = await this.times.ofWrite(customer)
    const method = {
      paymentMethodId: idOf('payment-method', call),
      provider: body.provider,
      providerPaymentMethodId: body.provider_payment_method_id,
      type: body.type,
      details: body.details ?? {},
    }
    const data = { customerId: customer.id, method, isDefault: body.is_default ?? false }
    await this.commands.send(AddPaymentMethod, data, { caller, call, time }, [paymentMethodView])
    return presentPaymentMethod(await this.known(caller, method.paymentMethodId))
  }

  @Handles(listPaymentMethods)
  async list({ query, caller }: InputOf<typeof listPaymentMethods>) {
    const options = { where: onlySent({ customer_id: query.customer_id ?? undefined }), sortable }
    const { rows, total } = await this.reads.page(paymentMethodView, caller.organizationId, query, options)
    return listReply(rows.map(presentPaymentMethod), total)
  }

  @Handles(getPaymentMethod)
  async get({ params, caller }: InputOf<typeof getPaymentMethod>) {
    return presentPaymentMethod(await this.known(caller, params.payment_method_id))
  }

  @Handles(setDefaultPaymentMethod)
  async setDefault({ params, caller, call }: InputOf<typeof setDefaultPaymentMethod>) {
    const { id: paymentMethodId, customer_id: customerId } = await this.known(caller, params.payment_method_id)
    const time = await this.customers.timeOfWrite(caller, customerId)
    const data = { customerId, paymentMethodId }
    await this.commands.send(SetDefaultPaymentMethod, data, { caller, call, time }, [paymentMethodView])
    return presentPaymentMethod(await this.known(caller, paymentMethodId))
  }

  @Handles(deletePaymentMethod)
  async remove({ params, caller, call }: InputOf<typeof deletePaymentMethod>) {
    const { id: paymentMethodId, customer_id: customerId } = await this.known(caller, params.payment_method_id)
    const time = await this.customers.timeOfWrite(caller, customerId)
    const data = { customerId, paymentMethodId }
    await this.commands.send(RemovePaymentMethod, data, { caller, call, time }, [paymentMethodView])
  }

  private async known(caller: KeyCaller, paymentMethodId: string): Promise<PaymentMethodRow> {
    const row = await this.reads.views.get(paymentMethodView, caller.organizationId, paymentMethodId)
    return found(row, 'payment_method_not_found', 'There is no such payment method.')
  }
}
