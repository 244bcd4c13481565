import { Controller } from '@nestjs/common'
import { presentBillableMetric } from '@billstream/apis-boxbilling'
import { BillableMetric } from '@billstream/usage-contracts'
import { billableMetricView, type BillableMetricRow } from '@billstream/usage-read-model'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { CommandSender, idOf } from '../../../edge/commands/command-sender'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { sameNames } from '../../../edge/queries/list-order'
import { refused } from '../refused'
import {
  createBillableMetric,
  deleteBillableMetric,
  getBillableMetric,
  listBillableMetrics,
  updateBillableMetric,
} from './billable-metrics.operations'

const sortable = sameNames(
  ...(['id', 'code', 'name', 'description', 'aggregation_type', 'field_name', 'recurring'] as const),
  ...(['rounding_function', 'rounding_precision', 'created_at', 'updated_at'] as const),
)

@Controller()
export class BillableMetricsController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
  ) {}

  @Handles(createBillableMetric)
  async create({ body, caller, call }: InputOf<typeof createBillableMetric>) {
    const id = idOf('billable-metric', call)
    const fields = {
      code: body.code,
      name: body.name,
      description: body.description ?? null,
      aggregationType: body.aggregation_type,
      fieldName: emptyAsNull(body.field_name) ?? null,
      recurring: false,
      roundingFunction: body.rounding_function ?? null,
      roundingPrecision: body.rounding_precision ?? null,
    }
    await this.commands.send(BillableMetric.Define, { id, fields }, { caller, call }, [billableMetricView])
    return presentBillableMetric(await this.active(caller, id))
  }

  @Handles(listBillableMetrics)
  async list({ query, caller }: InputOf<typeof listBillableMetrics>) {
    const options = { where: { status: 'active' }, sortable }
    const { rows, total } = await this.reads.page(billableMetricView, caller.organizationId, query, options)
    return listReply(rows.map(presentBillableMetric), total)
  }

  @Handles(getBillableMetric)
  async get({ params, caller }: InputOf<typeof getBillableMetric>) {
    return presentBillableMetric(await this.active(caller, params.metric_id))
  }

  @Handles(updateBillableMetric)
  async update({ params, body, caller, call }: InputOf<typeof updateBillableMetric>) {
    const { id } = await this.active(caller, params.metric_id)
    const changes = onlySent({
      name: body.name ?? undefined,
      description: body.description,
      fieldName: emptyAsNull(body.field_name),
      roundingFunction: body.rounding_function,
      roundingPrecision: body.rounding_precision,
    })
    await this.commands.send(BillableMetric.Change, { id, changes }, { caller, call }, [billableMetricView])
    return presentBillableMetric(await this.active(caller, id))
  }

  @Handles(deleteBillableMetric)
  async remove({ params, caller, call }: InputOf<typeof deleteBillableMetric>) {
    const { id } = await this.active(caller, params.metric_id)
    await this.commands.send(BillableMetric.Remove, { id }, { caller, call }, [billableMetricView])
  }

  private async active(caller: KeyCaller, id: string): Promise<BillableMetricRow> {
    const row = await this.reads.views.get(billableMetricView, caller.organizationId, id)
    if (row?.status === 'active') return row
    throw refused('billable_metric_not_found', 'There is no such billable metric.')
  }
}

function emptyAsNull(text: string | null | undefined): string | null | undefined {
  return text === '' ? null : text
}
