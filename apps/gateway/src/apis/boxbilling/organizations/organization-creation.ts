import type { Static } from '@sinclair/typebox'
import { CreateOrganization } from '@billstream/accounts-contracts'
import { apiKeyView, organizationView } from '@billstream/accounts-read-model'
import { presentNewApiKey } from '@billstream/apis-boxbilling'
import { type CommandSender, idOf, type CommandSource } from '../../../edge/commands/command-sender'
import { Refused } from '../../../edge/commands/refused'
import { type GatewayReads } from '../../../edge/queries/gateway-reads'
import { found, refused } from '../refused'
import { type ApiKeyMaker, type NewApiKey } from './new-api-key'
import type { OrganizationCreate } from './organizations.dto'

const CURRENCY = 'USD'
const TIMEZONE = 'UTC'
/** Organizations of one name. */
const SLUGS_MAX = 1_000
const SLUG_LENGTH_MAX = 200

type Wanted = Static<typeof OrganizationCreate>

/** Creates an organization under the first free slug of its name. Source: rules/boxbilling.md, section 1. */
export class OrganizationCreation {
  constructor(
    private readonly commands: CommandSender,
    private readonly reads: GatewayReads,
    private readonly keyMaker: ApiKeyMaker,
  ) {}

  async create(wanted: Wanted, source: CommandSource) {
    const key = this.keyMaker.make(source.call)
    const organizationId = idOf('organization', source.call)
    await this.createUnderFreeSlug(organizationId, wanted, key, source)
    const [organization, keyRow] = await Promise.all([
      this.reads.views.get(organizationView, organizationId, organizationId),
      this.reads.views.get(apiKeyView, organizationId, key.keyId),
    ])
    const missing = 'The organization was closed meanwhile.'
    return {
      organization: found(organization, 'organization_not_found', missing),
      apiKey: presentNewApiKey(found(keyRow, 'api_key_not_found', missing), key.rawKey),
    }
  }

  private async createUnderFreeSlug(
    organizationId: string,
    wanted: Wanted,
    key: NewApiKey,
    { caller, call }: CommandSource,
  ): Promise<void> {
    const source = { caller, call, organizationId }
    for (const slug of slugsOf(wanted.name)) {
      if (await this.isTaken(slug, organizationId)) continue
      const data = creationOf({ organizationId, slug, hmacKeySecretId: idOf('hmac-key', call), key }, wanted)
      try {
        await this.commands.send(CreateOrganization, data, source, [organizationView, apiKeyView])
        return
      } catch (error) {
        if (!(error instanceof Refused) || error.refusal.code !== 'slug_taken') throw error
      }
    }
    throw refused('slug_taken', `There are ${SLUGS_MAX} organizations of this name.`, 'name')
  }

  /** Only saves tries: the claim decides. */
  private async isTaken(slug: string, organizationId: string): Promise<boolean> {
    const where = { slug, status: 'open', id: { not: organizationId } }
    return (await this.reads.anywhere.countAnywhere(organizationView, where)) > 0
  }
}

/** The name in lower case with hyphens, then with `-1`, `-2`. */
function* slugsOf(name: string): Generator<string> {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
  const slug = words.slice(0, SLUG_LENGTH_MAX).replaceAll(/^-+|-+$/g, '') || 'organization'
  yield slug
  for (let index = 1; index < SLUGS_MAX; index += 1) yield `${slug}-${index}`
}

function creationOf(
  made: { organizationId: string; slug: string; hmacKeySecretId: string; key: NewApiKey },
  wanted: Wanted,
) {
  const { organizationId, slug, hmacKeySecretId, key } = made
  return {
    organizationId,
    slug,
    test: wanted.test ?? false,
    name: wanted.name,
    defaultCurrency: wanted.default_currency ?? CURRENCY,
    timezone: wanted.timezone ?? TIMEZONE,
    logoUrl: wanted.logo_url ?? null,
    portalAccentColor: wanted.portal_accent_color ?? null,
    portalWelcomeMessage: wanted.portal_welcome_message ?? null,
    hmacKeySecretId,
    hmacKey: wanted.hmac_key || null,
    firstKey: { keyId: key.keyId, name: null, prefix: key.prefix, hash: key.hash, expiresAt: null },
  }
}
