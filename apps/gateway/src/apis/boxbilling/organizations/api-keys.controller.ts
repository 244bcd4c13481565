import { Controller } from '@nestjs/common'
import { CreateApiKey, RevokeApiKey, RotateApiKey } from '@billstream/accounts-contracts'
import { apiKeyView } from '@billstream/accounts-read-model'
import { presentApiKey, presentNewApiKey } from '@billstream/apis-boxbilling'
import { ApiKeyDirectory } from '../../../edge/authentication/api-key-directory'
import { CommandSender } from '../../../edge/commands/command-sender'
import { Handles } from '../../../edge/operation/handles.decorator'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads } from '../../../edge/queries/gateway-reads'
import { found } from '../refused'
import { ApiKeyMaker } from './new-api-key'
import { createApiKey, listApiKeys, revokeApiKey, rotateApiKey } from './organizations.operations'

@Controller()
export class ApiKeysController {
  constructor(
    private readonly keyMaker: ApiKeyMaker,
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
    private readonly keys: ApiKeyDirectory,
  ) {}

  @Handles(createApiKey)
  async create({ body, caller, call }: InputOf<typeof createApiKey>) {
    const { organizationId } = caller
    const { rawKey, ...made } = this.keyMaker.make(call)
    const key = { ...made, name: body.name ?? null, expiresAt: body.expires_at ?? null }
    await this.commands.send(CreateApiKey, { organizationId, key }, { caller, call }, [apiKeyView])
    return this.shown(organizationId, key.keyId, rawKey)
  }

  @Handles(listApiKeys)
  async list({ query, caller }: InputOf<typeof listApiKeys>) {
    const { organizationId } = caller
    const { rows, total } = await this.reads.page(apiKeyView, organizationId, query, { where: {}, sortable: {} })
    const ids = rows.map(({ id }) => id)
    const lastUses = await this.reads.keyUses.lastUses(organizationId, ids)
    return listReply(
      rows.map((row) => presentApiKey(row, lastUses.get(row.id) ?? null)),
      total,
    )
  }

  @Handles(rotateApiKey)
  async rotate({ params, caller, call }: InputOf<typeof rotateApiKey>) {
    const { organizationId } = caller
    const { rawKey, ...successor } = this.keyMaker.make(call)
    const data = { organizationId, keyId: params.api_key_id, successor }
    await this.commands.send(RotateApiKey, data, { caller, call }, [apiKeyView])
    this.keys.forget()
    return this.shown(organizationId, successor.keyId, rawKey)
  }

  @Handles(revokeApiKey)
  async revoke({ params, caller, call }: InputOf<typeof revokeApiKey>) {
    const data = { organizationId: caller.organizationId, keyId: params.api_key_id }
    await this.commands.send(RevokeApiKey, data, { caller, call }, [apiKeyView])
    this.keys.forget()
  }

  private async shown(organizationId: string, keyId: string, rawKey: string) {
    const row = await this.reads.views.get(apiKeyView, organizationId, keyId)
    return presentNewApiKey(found(row, 'api_key_not_found', 'There is no such API key.'), rawKey)
  }
}
