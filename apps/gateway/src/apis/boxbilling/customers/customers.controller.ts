import { Controller } from '@nestjs/common'
import { ChangeCustomer, CreateCustomer, DeleteCustomer } from '@billstream/accounts-contracts'
import { customerView } from '@billstream/accounts-read-model'
import { presentCustomer } from '@billstream/apis-boxbilling'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { CommandSender, idOf } from '../../../edge/commands/command-sender'
import { CustomerTimes } from '../../../edge/commands/customer-time'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { sameNames } from '../../../edge/queries/list-order'
import { CustomerLookup } from './customer-lookup'
import { createCustomer, deleteCustomer, getCustomer, listCustomers, updateCustomer } from './customers.operations'

const sortable = sameNames(
  ...(['id', 'external_id', 'name', 'email', 'currency', 'timezone', 'invoice_grace_period'] as const),
  ...(['net_payment_term', 'test_clock_id', 'created_at', 'updated_at'] as const),
)

@Controller()
export class CustomersController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
    private readonly times: CustomerTimes,
    private readonly customers: CustomerLookup,
  ) {}

  @Handles(createCustomer)
  async create({ body, caller, call }: InputOf<typeof createCustomer>) {
    const customerId = idOf('customer', call)
    const testClockId = body.test_clock_id ?? null
    const time = await this.times.ofWrite({ organization_id: caller.organizationId, test_clock_id: testClockId })
    const data = {
      customerId,
      externalId: body.external_id,
      testClockId,
      currency: body.currency ?? null,
      timezone: body.timezone ?? null,
      invoiceGracePeriodDays: body.invoice_grace_period ?? null,
      netPaymentTermDays: body.net_payment_term ?? null,
      personal: { name: body.name, email: body.email ?? null, billingMetadata: body.billing_metadata ?? {} },
    }
    await this.commands.send(CreateCustomer, data, { caller, call, time }, [customerView])
    return this.shown(caller, customerId)
  }

  @Handles(listCustomers)
  async list({ query, caller }: InputOf<typeof listCustomers>) {
    const where = { status: 'active' }
    const { rows, total } = await this.reads.page(customerView, caller.organizationId, query, { where, sortable })
    return listReply(
      rows.map((row) => presentCustomer(row, caller.organization)),
      total,
    )
  }

  @Handles(getCustomer)
  async get({ params, caller }: InputOf<typeof getCustomer>) {
    return this.shown(caller, params.customer_id)
  }

  @Handles(updateCustomer)
  async update({ params, body, caller, call }: InputOf<typeof updateCustomer>) {
    const customer = await this.customers.active(caller, params.customer_id)
    const data = {
      customerId: customer.id,
      changes: onlySent({
        currency: body.currency,
        timezone: body.timezone,
        invoiceGracePeriodDays: body.invoice_grace_period,
        netPaymentTermDays: body.net_payment_term,
      }),
      personal: onlySent({
        name: body.name ?? undefined,
        email: body.email,
        billingMetadata: body.billing_metadata === null ? {} : body.billing_metadata,
      }),
    }
    const time = await this.times.ofWrite(customer)
    await this.commands.send(ChangeCustomer, data, { caller, call, time }, [customerView])
    return this.shown(caller, customer.id)
  }

  @Handles(deleteCustomer)
  async remove({ params, caller, call }: InputOf<typeof deleteCustomer>) {
    const customer = await this.customers.active(caller, params.customer_id)
    const time = await this.times.ofWrite(customer)
    await this.commands.send(DeleteCustomer, { customerId: customer.id }, { caller, call, time }, [customerView])
  }

  private async shown(caller: KeyCaller, customerId: string) {
    return presentCustomer(await this.customers.active(caller, customerId), caller.organization)
  }
}
