import type { ApiKeyRow, OrganizationRow } from '@billstream/accounts-read-model'

/** An organization as GET shows it. hmacKey: the present webhook key; only admins get here. Source: rules/boxbilling.md, section 1. */
export function presentOrganization(organization: OrganizationRow, hmacKey: string | null) {
  return {
    id: organization.id,
    name: organization.name,
    slug: organization.slug,
    test: organization.test,
    default_currency: organization.default_currency,
    timezone: organization.timezone,
    hmac_key: hmacKey,
    logo_url: organization.logo_url,
    portal_accent_color: organization.portal_accent_color,
    portal_welcome_message: organization.portal_welcome_message,
    created_at: organization.created_at,
    updated_at: organization.updated_at,
  }
}

/** An API key in a list: never the key itself. */
export function presentApiKey(key: ApiKeyRow, lastUsedAt: string | null) {
  return {
    id: key.id,
    key_prefix: key.key_prefix,
    name: key.name,
    last_used_at: lastUsedAt,
    expires_at: key.expires_at,
    status: key.status,
    created_at: key.created_at,
  }
}

/** A key in the one answer that holds the key itself. */
export function presentNewApiKey(key: ApiKeyRow, rawKey: string) {
  return {
    ...presentApiKey(key, null),
    organization_id: key.organization_id,
    updated_at: key.updated_at,
    raw_key: rawKey,
  }
}
