import type { OrganizationEvent } from '@billstream/accounts-contracts'
import { assertNever } from '@billstream/kernel'

type Created = Extract<OrganizationEvent, { type: 'OrganizationCreated' }>['data']
export type ApiKey = Extract<OrganizationEvent, { type: 'ApiKeyCreated' }>['data']['key']
/** What the owner may change. */
export type OrganizationSettings = Omit<Created, 'organizationId' | 'slug' | 'test'>

export type Organization =
  | { readonly status: 'none' }
  | {
      readonly status: 'open'
      readonly organizationId: string
      readonly slug: string
      readonly test: boolean
      readonly settings: OrganizationSettings
      readonly billing: 'running' | 'halted'
      /** Those that are not revoked, by id. */
      readonly keys: Readonly<Record<string, ApiKey>>
    }
  | { readonly status: 'closed'; readonly organizationId: string }

export type OpenOrganization = Extract<Organization, { status: 'open' }>

export const noOrganization: Organization = { status: 'none' }

export function evolveOrganization(state: Organization, event: OrganizationEvent): Organization {
  if (event.type === 'OrganizationCreated') {
    const { organizationId, slug, test, ...settings } = event.data
    return { status: 'open', organizationId, slug, test, settings, billing: 'running', keys: {} }
  }
  return state.status === 'open' ? evolveOpen(state, event) : state
}

function evolveOpen(
  state: OpenOrganization,
  event: Exclude<OrganizationEvent, { type: 'OrganizationCreated' }>,
): Organization {
  switch (event.type) {
    case 'OrganizationChanged':
      return { ...state, settings: { ...state.settings, ...event.data.changes } }
    case 'OrganizationClosed':
      return { status: 'closed', organizationId: state.organizationId }
    case 'OrganizationBillingHalted':
      return { ...state, billing: 'halted' }
    case 'OrganizationBillingResumed':
      return { ...state, billing: 'running' }
    case 'ApiKeyCreated':
      return { ...state, keys: { ...state.keys, [event.data.key.keyId]: event.data.key } }
    case 'ApiKeyRevoked': {
      const { [event.data.keyId]: _revoked, ...keys } = state.keys
      return { ...state, keys }
    }
    default:
      return assertNever(event)
  }
}
