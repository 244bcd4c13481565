import {
  ApiKeyCreated,
  ApiKeyRevoked,
  ChangeOrganization,
  CloseOrganization,
  CreateApiKey,
  CreateOrganization,
  HaltBilling,
  OrganizationBillingHalted,
  OrganizationBillingResumed,
  OrganizationChanged,
  OrganizationClosed,
  OrganizationCreated,
  ResumeBilling,
  RevokeApiKey,
  RotateApiKey,
  type AccountsRefusal,
  type OrganizationCommand,
  type OrganizationEvent,
} from '@billstream/accounts-contracts'
import type { Decider } from '@billstream/event-sourcing-core'
import { assertNever, compareInstants, ok, refuse, type Result } from '@billstream/kernel'
import { checkTerms } from '../billing-terms/billing-terms.check'
import {
  evolveOrganization,
  noOrganization,
  type ApiKey,
  type OpenOrganization,
  type Organization,
  type OrganizationSettings,
} from './organization.state'

/** Active keys of one organization. */
export const API_KEYS_MAX = 1_000

/** A changed webhook key is already in its encrypted row when the decision is made. */
export interface OrganizationFacts {
  readonly hmacKeySecretId?: string
}

type Decision = Result<readonly OrganizationEvent[], AccountsRefusal>
type CommandData<Type extends OrganizationCommand['type']> = Extract<OrganizationCommand, { type: Type }>['data']

/** An organization with its API keys: one stream, so a key is revoked and replaced in one step. Source: rules/boxbilling.md, section 1. */
export const organizationDecider: Decider<Organization, OrganizationCommand, OrganizationEvent> = {
  category: 'organization',
  commands: [
    ...[CreateOrganization, ChangeOrganization, CloseOrganization, HaltBilling, ResumeBilling],
    ...[CreateApiKey, RotateApiKey, RevokeApiKey],
  ],
  events: [
    ...[OrganizationCreated, OrganizationChanged, OrganizationClosed],
    ...[OrganizationBillingHalted, OrganizationBillingResumed, ApiKeyCreated, ApiKeyRevoked],
  ],
  initial: noOrganization,
  foldVersion: 2,
  decide(command, state) {
    if (command.type === 'CreateOrganization') return create(command.data, state)
    if (state.status !== 'open') return refuse('organization_not_found', 'There is no such organization.')
    return decideOpen(command, state)
  },
  evolve: evolveOrganization,
  claims: (state) => (state.status === 'open' ? [{ kind: 'organization-slug', key: state.slug, scope: 'global' }] : []),
  claimTaken: ({ key }) => ({ code: 'slug_taken', message: `The slug ${key} is taken.`, field: 'slug' }),
}

function create(data: CommandData<'CreateOrganization'>, state: Organization): Decision {
  if (state.status !== 'none') return refuse('organization_exists', 'This organization exists already.')
  const checked = checkSettings(data)
  if (!checked.ok) return checked
  const { firstKey, hmacKey: _hmacKey, ...created } = data
  return ok([OrganizationCreated(created), apiKeyCreated(data.organizationId, firstKey)])
}

function decideOpen(
  command: Exclude<OrganizationCommand, { type: 'CreateOrganization' }>,
  state: OpenOrganization,
): Decision {
  switch (command.type) {
    case 'ChangeOrganization':
      return change(command.data, state, command.facts ?? {})
    case 'CloseOrganization':
      return ok([...Object.values(state.keys).map((key) => revoked(state, key)), closed(state)])
    case 'HaltBilling':
      return haltBilling(command.data, state)
    case 'ResumeBilling':
      return resumeBilling(state)
    case 'CreateApiKey':
      return createKey(command, state)
    case 'RotateApiKey':
      return rotateKey(command.data, state)
    case 'RevokeApiKey': {
      const key = state.keys[command.data.keyId]
      return key ? ok([revoked(state, key)]) : noSuchKey()
    }
    default:
      return assertNever(command)
  }
}

function change(
  { organizationId, changes }: CommandData<'ChangeOrganization'>,
  state: OpenOrganization,
  { hmacKeySecretId }: OrganizationFacts,
): Decision {
  const wanted: Partial<OrganizationSettings> = {
    ...changes,
    ...(hmacKeySecretId !== undefined && { hmacKeySecretId }),
  }
  const real = Object.entries(wanted).filter(
    ([name, value]) => value !== state.settings[name as keyof OrganizationSettings],
  )
  const changed: Partial<OrganizationSettings> = Object.fromEntries(real)
  const checked = checkSettings(changed)
  if (!checked.ok) return checked
  return ok(real.length === 0 ? [] : [OrganizationChanged({ organizationId, changes: changed })])
}

function checkSettings({ timezone, defaultCurrency }: Partial<OrganizationSettings>) {
  return checkTerms({ timezone, currency: defaultCurrency }, { currencyField: 'default_currency' })
}

function haltBilling(data: CommandData<'HaltBilling'>, { billing }: OpenOrganization): Decision {
  if (billing === 'halted') return refuse('billing_already_halted', 'Billing of this organization is halted already.')
  return ok([OrganizationBillingHalted(data)])
}

function resumeBilling({ billing, organizationId }: OpenOrganization): Decision {
  if (billing === 'running') return refuse('billing_not_halted', 'Billing of this organization is not halted.')
  return ok([OrganizationBillingResumed({ organizationId })])
}

function createKey(
  { data: { key }, metadata }: Extract<OrganizationCommand, { type: 'CreateApiKey' }>,
  state: OpenOrganization,
): Decision {
  if (state.keys[key.keyId]) return refuse('api_key_exists', 'This API key exists already.')
  if (key.expiresAt !== null && compareInstants(key.expiresAt, metadata.now) <= 0) {
    return refuse('expiry_passed', 'This key would have expired already.', 'expiresAt')
  }
  if (Object.keys(state.keys).length >= API_KEYS_MAX) {
    return refuse('too_many_api_keys', `At most ${API_KEYS_MAX} API keys can be active.`)
  }
  return ok([apiKeyCreated(state.organizationId, key)])
}

function rotateKey({ keyId, successor }: CommandData<'RotateApiKey'>, state: OpenOrganization): Decision {
  const key = state.keys[keyId]
  if (!key) return noSuchKey()
  const { name, expiresAt } = key
  return ok([revoked(state, key), apiKeyCreated(state.organizationId, { ...successor, name, expiresAt })])
}

function noSuchKey(): Decision {
  return refuse('api_key_not_found', 'There is no active API key with this id.')
}

function apiKeyCreated(organizationId: string, key: ApiKey): OrganizationEvent {
  return ApiKeyCreated({ organizationId, key })
}

function revoked({ organizationId }: OpenOrganization, { keyId, hash }: ApiKey): OrganizationEvent {
  return ApiKeyRevoked({ organizationId, keyId, hash })
}

function closed({ organizationId }: OpenOrganization): OrganizationEvent {
  return OrganizationClosed({ organizationId })
}
