import { Controller } from '@nestjs/common'
import { presentAppliedTax, presentTax } from '@billstream/apis-boxbilling'
import { Tax, TaxApplication } from '@billstream/invoicing-contracts'
import { taxApplicationView, taxView, type TaxRow } from '@billstream/invoicing-read-model'
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
import { percentOf } from './tax-rate'
import { applyTax, createTax, deleteTax, getTax, listTaxes, updateTax } from './taxes.operations'

const sortable = sameNames(
  ...(['id', 'code', 'name', 'rate', 'description', 'category', 'applied_to_organization'] as const),
  ...(['created_at', 'updated_at'] as const),
)

@Controller()
export class TaxesController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
    private readonly customers: CustomerLookup,
    private readonly times: CustomerTimes,
  ) {}

  @Handles(createTax)
  async create({ body, caller, call }: InputOf<typeof createTax>) {
    const id = idOf('tax', call)
    const fields = {
      code: body.code,
      name: body.name,
      rate: percentOf(body.rate),
      description: body.description ?? null,
      category: body.category ?? null,
      appliedToOrganization: body.applied_to_organization ?? false,
    }
    await this.commands.send(Tax.Define, { id, fields }, { caller, call }, [taxView])
    return presentTax(await this.byCode(caller, body.code))
  }

  @Handles(listTaxes)
  async list({ query, caller }: InputOf<typeof listTaxes>) {
    const { rows, total } = await this.reads.page(taxView, caller.organizationId, query, { where: {}, sortable })
    return listReply(rows.map(presentTax), total)
  }

  @Handles(applyTax)
  async apply({ body, caller, call }: InputOf<typeof applyTax>) {
    const tax = await this.byCode(caller, body.tax_code, 'tax_code')
    const customer = await this.customers.active(caller, body.taxable_id, 'taxable_id')
    const time = await this.times.ofWrite(customer)
    const id = idOf('tax-application', call)
    const { taxable_type: taxableType, taxable_id: taxableId } = body
    const key = `${taxableType}:${taxableId}:${tax.id}`
    const fields = { key, taxId: tax.id, taxCode: tax.code, taxableType, taxableId }
    await this.commands.send(TaxApplication.Define, { id, fields }, { caller, call, time }, [taxApplicationView])
    const application = await this.reads.views.get(taxApplicationView, caller.organizationId, id)
    const shown = found(application, 'tax_application_not_found', 'The tax was removed meanwhile.')
    return presentAppliedTax(shown, tax)
  }

  @Handles(getTax)
  async get({ params, caller }: InputOf<typeof getTax>) {
    return presentTax(await this.byCode(caller, params.code))
  }

  @Handles(updateTax)
  async update({ params, body, caller, call }: InputOf<typeof updateTax>) {
    const { id } = await this.byCode(caller, params.code)
    const changes = onlySent({
      name: body.name ?? undefined,
      rate: body.rate ? percentOf(body.rate) : undefined,
      description: body.description,
      category: body.category,
      appliedToOrganization: body.applied_to_organization ?? undefined,
    })
    await this.commands.send(Tax.Change, { id, changes }, { caller, call }, [taxView])
    return presentTax(await this.byCode(caller, params.code))
  }

  @Handles(deleteTax)
  async remove({ params, caller, call }: InputOf<typeof deleteTax>) {
    const { id } = await this.byCode(caller, params.code)
    await this.commands.send(Tax.Remove, { id }, { caller, call }, [taxView])
  }

  private async byCode(caller: KeyCaller, code: string, field?: string): Promise<TaxRow> {
    const row = await this.reads.first(taxView, caller.organizationId, { code })
    return found(row, 'tax_not_found', 'There is no such tax.', field)
  }
}
