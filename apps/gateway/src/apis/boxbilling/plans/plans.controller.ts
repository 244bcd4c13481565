import { Controller } from '@nestjs/common'
import { presentPlan } from '@billstream/apis-boxbilling'
import { ArchivePlan, ChangePlan, CreatePlan } from '@billstream/subscriptions-contracts'
import { planView, type PlanRow } from '@billstream/subscriptions-read-model'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { CommandSender, idOf } from '../../../edge/commands/command-sender'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { sameNames } from '../../../edge/queries/list-order'
import { refused } from '../refused'
import { createPlan, deletePlan, getPlan, listPlans, updatePlan } from './plans.operations'

const sortable = sameNames(
  ...(['id', 'code', 'name', 'description', 'interval', 'amount_cents', 'currency', 'trial_period_days'] as const),
  ...(['created_at', 'updated_at'] as const),
)

type SentCharges = NonNullable<InputOf<typeof createPlan>['body']['charges']>

@Controller()
export class PlansController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
  ) {}

  @Handles(createPlan)
  async create({ body, caller, call }: InputOf<typeof createPlan>) {
    const planId = idOf('plan', call)
    const data = {
      planId,
      code: body.code,
      name: body.name,
      description: body.description ?? null,
      interval: body.interval,
      amount: body.amount_cents ?? '0',
      currency: body.currency ?? caller.organization.default_currency,
      trialPeriodDays: 0,
      charges: chargesOf(body.charges ?? []),
    }
    await this.commands.send(CreatePlan, data, { caller, call }, [planView])
    return presentPlan(await this.active(caller, planId))
  }

  @Handles(listPlans)
  async list({ query, caller }: InputOf<typeof listPlans>) {
    const options = { where: { status: 'active' }, sortable }
    const { rows, total } = await this.reads.page(planView, caller.organizationId, query, options)
    return listReply(rows.map(presentPlan), total)
  }

  @Handles(getPlan)
  async get({ params, caller }: InputOf<typeof getPlan>) {
    return presentPlan(await this.active(caller, params.plan_id))
  }

  @Handles(updatePlan)
  async update({ params, body, caller, call }: InputOf<typeof updatePlan>) {
    const { id: planId } = await this.active(caller, params.plan_id)
    const changes = onlySent({
      name: body.name ?? undefined,
      description: body.description,
      amount: body.amount_cents ?? undefined,
      currency: body.currency ?? undefined,
      charges: body.charges ? chargesOf(body.charges) : undefined,
    })
    await this.commands.send(ChangePlan, { planId, changes }, { caller, call }, [planView])
    return presentPlan(await this.active(caller, planId))
  }

  @Handles(deletePlan)
  async archive({ params, caller, call }: InputOf<typeof deletePlan>) {
    const { id: planId } = await this.active(caller, params.plan_id)
    await this.commands.send(ArchivePlan, { planId }, { caller, call }, [planView])
  }

  private async active(caller: KeyCaller, planId: string): Promise<PlanRow> {
    const row = await this.reads.views.get(planView, caller.organizationId, planId)
    if (row?.status === 'active') return row
    throw refused('plan_not_found', 'There is no such plan.')
  }
}

function chargesOf(charges: SentCharges) {
  return charges.map(({ billable_metric_id, charge_model, properties }) => ({
    metricId: billable_metric_id,
    chargeModel: charge_model,
    properties: properties ?? {},
  }))
}
