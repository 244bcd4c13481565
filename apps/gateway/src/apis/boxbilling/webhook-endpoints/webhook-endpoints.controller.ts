import { Controller } from '@nestjs/common'
import { presentWebhookEndpoint } from '@billstream/apis-boxbilling'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'
import { webhookEndpointView, type WebhookEndpointRow } from '@billstream/webhooks-read-model'
import type { KeyCaller } from '../../../edge/authentication/caller'
import { CommandSender, idOf } from '../../../edge/commands/command-sender'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { sameNames } from '../../../edge/queries/list-order'
import { found } from '../refused'
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  getWebhookEndpoint,
  listWebhookEndpoints,
  updateWebhookEndpoint,
} from './webhook-endpoints.operations'

const sortable = sameNames('id', 'url', 'signature_algo', 'status', 'created_at', 'updated_at')

@Controller()
export class WebhookEndpointsController {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
  ) {}

  @Handles(createWebhookEndpoint)
  async create({ body, caller, call }: InputOf<typeof createWebhookEndpoint>) {
    const id = idOf('webhook-endpoint', call)
    const fields = {
      url: body.url,
      format: 'boxbilling' as const,
      signatureAlgo: 'hmac' as const,
      status: 'active' as const,
      eventTypes: body.event_types ?? [],
    }
    await this.commands.send(WebhookEndpoint.Define, { id, fields }, { caller, call }, [webhookEndpointView])
    return presentWebhookEndpoint(await this.known(caller, id))
  }

  @Handles(listWebhookEndpoints)
  async list({ query, caller }: InputOf<typeof listWebhookEndpoints>) {
    const options = { where: {}, sortable }
    const { rows, total } = await this.reads.page(webhookEndpointView, caller.organizationId, query, options)
    return listReply(rows.map(presentWebhookEndpoint), total)
  }

  @Handles(getWebhookEndpoint)
  async get({ params, caller }: InputOf<typeof getWebhookEndpoint>) {
    return presentWebhookEndpoint(await this.known(caller, params.endpoint_id))
  }

  @Handles(updateWebhookEndpoint)
  async update({ params, body, caller, call }: InputOf<typeof updateWebhookEndpoint>) {
    const { id } = await this.known(caller, params.endpoint_id)
    const changes = onlySent({
      url: body.url ?? undefined,
      status: body.status ?? undefined,
      eventTypes: body.event_types === null ? [] : body.event_types,
    })
    await this.commands.send(WebhookEndpoint.Change, { id, changes }, { caller, call }, [webhookEndpointView])
    return presentWebhookEndpoint(await this.known(caller, id))
  }

  @Handles(deleteWebhookEndpoint)
  async remove({ params, caller, call }: InputOf<typeof deleteWebhookEndpoint>) {
    const { id } = await this.known(caller, params.endpoint_id)
    await this.commands.send(WebhookEndpoint.Remove, { id }, { caller, call }, [webhookEndpointView])
  }

  private async known(caller: KeyCaller, id: string): Promise<WebhookEndpointRow> {
    const row = await this.reads.views.get(webhookEndpointView, caller.organizationId, id)
    return found(row, 'webhook_endpoint_not_found', 'There is no such webhook endpoint.')
  }
}
