import { Controller } from '@nestjs/common'
import { presentSubscription } from '@billstream/apis-boxbilling'
import { ActivateSubscription, CreateSubscription, TerminateSubscription } from '@billstream/subscriptions-contracts'
import { nextBillingDate, subscriptionView, type SubscriptionRow } from '@billstream/subscriptions-read-model'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { CommandSender, idOf } from '../../../edge/commands/command-sender'
import { CustomerTimes } from '../../../edge/commands/customer-time'
import { Refused } from '../../../edge/commands/refused'
import { Handles } from '../../../edge/operation/handles.decorator'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { sameNames } from '../../../edge/queries/list-order'
import { CustomerLookup } from '../customers/customer-lookup'
import { found } from '../refused'
import {
  activateSubscription,
  createSubscription,
  getNextBillingDate,
  getSubscription,
  listSubscriptions,
  terminateSubscription,
} from './subscriptions.operations'

const sortable = sameNames(
  ...(['id', 'external_id', 'customer_id', 'plan_id', 'status', 'billing_time', 'subscription_at'] as const),
  ...(['pay_in_advance', 'on_termination_action', 'started_at', 'ending_at', 'created_at', 'updated_at'] as const),
)

@Controller()
export class SubscriptionsController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
    private readonly customers: CustomerLookup,
    private readonly times: CustomerTimes,
  ) {}

  @Handles(createSubscription)
  async create({ body, caller, call }: InputOf<typeof createSubscription>) {
    const customer = await this.customers.active(caller, body.customer_id, 'customer_id')
    const time = await this.times.ofWrite(customer)
    const subscriptionId = idOf('subscription', call)
    const data = {
      subscriptionId,
      externalId: body.external_id,
      customerId: customer.id,
      planId: body.plan_id,
      billingTime: body.billing_time ?? 'calendar',
      payInAdvance: body.pay_in_advance ?? false,
      onTerminationAction: body.on_termination_action ?? 'generate_invoice',
      startedAt: body.started_at ?? null,
      subscriptionAt: body.subscription_at ?? null,
    } as const
    await this.commands.send(CreateSubscription, data, { caller, call, time }, [subscriptionView])
    return presentSubscription(await this.known(caller, subscriptionId))
  }

  @Handles(listSubscriptions)
  async list({ query, caller }: InputOf<typeof listSubscriptions>) {
    const where = query.customer_id ? { customer_id: query.customer_id } : {}
    const { rows, total } = await this.reads.page(subscriptionView, caller.organizationId, query, { where, sortable })
    return listReply(rows.map(presentSubscription), total)
  }

  @Handles(getSubscription)
  async get({ params, caller }: InputOf<typeof getSubscription>) {
    return presentSubscription(await this.known(caller, params.subscription_id))
  }

  @Handles(terminateSubscription)
  async terminate({ params, query, caller, call }: InputOf<typeof terminateSubscription>) {
    const { id: subscriptionId, customer_id } = await this.known(caller, params.subscription_id)
    const time = await this.customers.timeOfWrite(caller, customer_id)
    const data = { subscriptionId, onTerminationAction: query.on_termination_action ?? null }
    await this.commands.send(TerminateSubscription, data, { caller, call, time }, [subscriptionView])
  }

  @Handles(activateSubscription)
  async activate({ params, caller, call }: InputOf<typeof activateSubscription>) {
    const { id: subscriptionId, customer_id } = await this.known(caller, params.subscription_id)
    const time = await this.customers.timeOfWrite(caller, customer_id)
    await this.commands.send(ActivateSubscription, { subscriptionId }, { caller, call, time }, [subscriptionView])
    return presentSubscription(await this.known(caller, subscriptionId))
  }

  @Handles(getNextBillingDate)
  async nextBillingDate({ params, caller }: InputOf<typeof getNextBillingDate>) {
    const subscription = await this.known(caller, params.subscription_id)
    const { now } = await this.customers.timeOf(caller, subscription.customer_id)
    const next = nextBillingDate(subscription, now)
    if (!next.ok) throw new Refused(next.error)
    return next.value
  }

  private async known(caller: KeyCaller, subscriptionId: string): Promise<SubscriptionRow> {
    const row = await this.reads.views.get(subscriptionView, caller.organizationId, subscriptionId)
    return found(row, 'subscription_not_found', 'There is no such subscription.')
  }
}
