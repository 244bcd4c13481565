import { Controller } from '@nestjs/common'
import { ChangeOrganization, CloseOrganization, readHmacKey } from '@billstream/accounts-contracts'
import { apiKeyView, organizationView, type OrganizationRow } from '@billstream/accounts-read-model'
import { presentOrganization } from '@billstream/apis-boxbilling'
import { ApiKeyDirectory } from '../../../edge/authentication/api-key-directory'
import { CommandSender } from '../../../edge/commands/command-sender'
import { Handles } from '../../../edge/operation/handles.decorator'
import { onlySent } from '../../../edge/operation/only-sent'
import type { InputOf } from '../../../edge/operation/operation'
import { listReply } from '../../../edge/operation/reply'
import { GatewayReads, PAGE_SIZE } from '../../../edge/queries/gateway-reads'
import { found, refused } from '../refused'
import { OrganizationCreation } from './organization-creation'
import {
  createOrganization,
  deleteOrganization,
  getCurrentOrganization,
  listOrganizations,
  updateCurrentOrganization,
} from './organizations.operations'

@Controller()
export class OrganizationsController {
  constructor(
    private readonly creation: OrganizationCreation,
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
    private readonly keys: ApiKeyDirectory,
  ) {}

  @Handles(createOrganization)
  async create({ body, caller, call }: InputOf<typeof createOrganization>) {
    const { organization, apiKey } = await this.creation.create(body, { caller, call })
    return { ...(await this.shown(organization)), api_key: apiKey }
  }

  @Handles(listOrganizations)
  async list({ query }: InputOf<typeof listOrganizations>) {
    const where = { status: 'open' }
    const [rows, total] = await Promise.all([
      this.reads.anywhere.findAnywhere(organizationView, {
        where,
        orderBy: { column: 'created_at', direction: 'desc' },
        skip: query.skip ?? 0,
        limit: query.limit ?? PAGE_SIZE,
      }),
      this.reads.anywhere.countAnywhere(organizationView, where),
    ])
    return listReply(await Promise.all(rows.map((row) => this.shown(row))), total)
  }

  @Handles(deleteOrganization)
  async close({ params, caller, call }: InputOf<typeof deleteOrganization>) {
    const organizationId = params.org_id
    const row = await this.reads.anywhere.getAnywhere(organizationView, organizationId)
    if (row?.status !== 'open') throw refused('organization_not_found', NO_SUCH_ORGANIZATION)
    const source = { caller, call, organizationId }
    await this.commands.send(CloseOrganization, { organizationId }, source, [organizationView, apiKeyView])
    this.keys.forget()
  }

  @Handles(getCurrentOrganization)
  async current({ caller }: InputOf<typeof getCurrentOrganization>) {
    return this.shown(caller.organization)
  }

  @Handles(updateCurrentOrganization)
  async update({ body, caller, call }: InputOf<typeof updateCurrentOrganization>) {
    const { organizationId } = caller
    const changes = onlySent({
      name: body.name ?? undefined,
      defaultCurrency: body.default_currency ?? undefined,
      timezone: body.timezone ?? undefined,
      logoUrl: body.logo_url,
      portalAccentColor: body.portal_accent_color,
      portalWelcomeMessage: body.portal_welcome_message,
    })
    const hmacKey = body.hmac_key === undefined ? {} : { hmacKey: body.hmac_key === '' ? null : body.hmac_key }
    const data = { organizationId, changes, ...hmacKey }
    await this.commands.send(ChangeOrganization, data, { caller, call }, [organizationView])
    this.keys.forget()
    const row = await this.reads.views.get(organizationView, organizationId, organizationId)
    return this.shown(found(row, 'organization_not_found', NO_SUCH_ORGANIZATION))
  }

  private async shown(organization: OrganizationRow) {
    const secret = await this.reads.secrets.get(organization.id, organization.hmac_key_secret_id)
    return presentOrganization(organization, secret === undefined ? null : readHmacKey(secret).current)
  }
}

const NO_SUCH_ORGANIZATION = 'There is no such organization.'
