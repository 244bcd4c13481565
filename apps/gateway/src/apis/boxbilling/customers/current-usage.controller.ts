import { Controller } from '@nestjs/common'
import { customerView, type CustomerRow } from '@billstream/accounts-read-model'
import { amountText, exactText } from '@billstream/apis-boxbilling'
import { PreviewInvoice, type Fee, type PreviewedUsage } from '@billstream/invoicing-contracts'
import {
  planVersionId,
  planVersionView,
  subscriptionView,
  type SubscriptionRow,
} from '@billstream/subscriptions-read-model'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { CommandSender, type CommandSource } from '../../../edge/commands/command-sender'
import { CustomerTimes } from '../../../edge/commands/customer-time'
import { Refused } from '../../../edge/commands/refused'
import { Handles } from '../../../edge/operation/handles.decorator'
import type { InputOf } from '../../../edge/operation/operation'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { found, refused } from '../refused'
import { getCurrentUsage } from './customers.operations'

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Units and amounts of the open period: units as measured now, amounts as the next invoice has them. */
@Controller()
export class CurrentUsageController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
    private readonly times: CustomerTimes,
  ) {}

  @Handles(getCurrentUsage)
  async get({ params, query, caller, call }: InputOf<typeof getCurrentUsage>) {
    const where = { external_id: params.external_id, status: 'active' }
    const customer = await this.reads.first(customerView, caller.organizationId, where)
    const known = found(customer, 'customer_not_found', 'There is no such customer.')
    const subscription = await this.running(caller, known, query.subscription_id)
    const time = await this.times.of(known)
    const { usage, fees } = await this.asked(subscription, { caller, call, time })
    const charges = await this.shown(caller, subscription, { usage, fees })
    return {
      from_datetime: subscription.period_start,
      to_datetime: subscription.period_end,
      amount_cents: amountText(String(sumOf(fees))),
      currency: subscription.plan.currency,
      charges,
    }
  }

  /** An active subscription of the customer, by its id or its external id. */
  private async running(caller: KeyCaller, customer: CustomerRow, named: string): Promise<RunningSubscription> {
    const of = { customer_id: customer.id, status: 'active' }
    const byExternalId = await this.reads.first(subscriptionView, caller.organizationId, { ...of, external_id: named })
    const byId = UUID.test(named)
      ? await this.reads.first(subscriptionView, caller.organizationId, { ...of, id: named.toLowerCase() })
      : undefined
    const row = byId ?? byExternalId
    if (row && isRunning(row)) return row
    throw refused('subscription_not_found', 'The customer has no such running subscription.')
  }

  private async asked(subscription: RunningSubscription, source: CommandSource) {
    const of = { subscriptionId: subscription.id, from: null, to: null }
    const preview = await this.commands.ask(PreviewInvoice, of, source)
    if (!preview.ok) throw new Refused(preview.error)
    const fees = preview.fees.filter(({ feeType, cause }) => feeType === 'charge' && cause.corrects === null)
    return { usage: preview.usage, fees }
  }

  private async shown(
    caller: KeyCaller,
    { plan }: RunningSubscription,
    { usage, fees }: { usage: readonly PreviewedUsage[]; fees: readonly Fee[] },
  ) {
    const versionId = planVersionId(plan.planId, plan.planVersion)
    const version = await this.reads.views.get(planVersionView, caller.organizationId, versionId)
    const charges = new Map(version?.charges.map((charge) => [charge.chargeId, charge]))
    return usage.map((charge) => {
      const amount = sumOf(fees.filter(({ chargeId }) => chargeId === charge.chargeId))
      return {
        billable_metric: {
          code: charge.metricCode,
          name: charges.get(charge.chargeId)?.metricName ?? charge.metricCode,
          aggregation_type: charge.aggregation,
        },
        units: exactText(charge.units),
        amount_cents: amountText(String(amount)),
        charge_model: charges.get(charge.chargeId)?.chargeModel ?? '',
        filters: {},
      }
    })
  }
}

type RunningSubscription = SubscriptionRow & { period_start: string; period_end: string }

function isRunning(row: SubscriptionRow): row is RunningSubscription {
  return row.period_start !== null && row.period_end !== null
}

function sumOf(fees: readonly Fee[]): bigint {
  return fees.reduce((sum, { amount }) => sum + BigInt(amount), 0n)
}
