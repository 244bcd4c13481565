import { Controller } from '@nestjs/common'
import { presentDeliveryStats, presentWebhookAttempt, presentWebhookDelivery } from '@billstream/apis-boxbilling'
import {
  GetWebhookDelivery,
  ListWebhookDeliveries,
  ListWebhookDeliveryAttempts,
  RetryWebhookDelivery,
  WebhookDeliveryStats,
  type WebhookDeliveryView,
} from '@billstream/webhooks-contracts'
import { CommandSender } from '../../../edge/commands/command-sender'
import { Refused } from '../../../edge/commands/refused'
import { RawJson } from '../../../edge/json/write-json'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { PAGE_SIZE } from '../../../edge/queries/gateway-reads'
import { found } from '../refused'
import {
  getDeliveryStats,
  getWebhook,
  listDeliveryAttempts,
  listWebhooks,
  retryWebhook,
} from './webhook-endpoints.operations'

const NO_SUCH_WEBHOOK = 'There is no such webhook.'

/** Deliveries are rows of the webhooks service; it is asked for them. */
@Controller()
export class WebhooksController {
  constructor(private readonly commands: CommandSender) {}

  @Handles(getDeliveryStats)
  async stats({ caller, call }: InputOf<typeof getDeliveryStats>) {
    const { endpoints } = await this.commands.ask(WebhookDeliveryStats, {}, { caller, call })
    return endpoints.map(presentDeliveryStats)
  }

  @Handles(listWebhooks)
  async list({ query, caller, call }: InputOf<typeof listWebhooks>) {
    const filter = {
      ...onlySent({ webhookType: query.webhook_type ?? undefined, status: query.status ?? undefined }),
      skip: query.skip ?? 0,
      limit: query.limit ?? PAGE_SIZE,
    }
    const { deliveries, total } = await this.commands.ask(ListWebhookDeliveries, filter, { caller, call })
    return listReply(deliveries.map(shown), total)
  }

  @Handles(getWebhook)
  async get({ params, caller, call }: InputOf<typeof getWebhook>) {
    const { delivery } = await this.commands.ask(GetWebhookDelivery, { id: params.webhook_id }, { caller, call })
    return shown(found(delivery ?? undefined, 'webhook_delivery_not_found', NO_SUCH_WEBHOOK))
  }

  @Handles(listDeliveryAttempts)
  async attempts({ params, caller, call }: InputOf<typeof listDeliveryAttempts>) {
    const data = { deliveryId: params.webhook_id }
    const { attempts } = await this.commands.ask(ListWebhookDeliveryAttempts, data, { caller, call })
    const known = found(attempts ?? undefined, 'webhook_delivery_not_found', NO_SUCH_WEBHOOK)
    return listReply(known.map(presentWebhookAttempt), known.length)
  }

  @Handles(retryWebhook)
  async retry({ params, caller, call }: InputOf<typeof retryWebhook>) {
    const retried = await this.commands.ask(RetryWebhookDelivery, { id: params.webhook_id }, { caller, call })
    if (!retried.ok) throw new Refused(retried.error)
    return shown(retried.delivery)
  }
}

function shown(delivery: WebhookDeliveryView) {
  return { ...presentWebhookDelivery(delivery), payload: new RawJson(delivery.body) }
}
