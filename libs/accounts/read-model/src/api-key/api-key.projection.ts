import { ApiKeyCreated, ApiKeyRevoked } from '@billstream/accounts-contracts'
import { defineProjection, on } from '@billstream/event-sourcing-core'
import { apiKeyView, type ApiKeyRow } from './api-key.view'

/** A revoked key stays in the list; closing an organization revokes each of its keys. */
export const apiKeyProjection = defineProjection({
  name: 'accounts.api_key',
  view: apiKeyView,
  version: 1,
  on: {
    ...on(ApiKeyCreated, ({ data: { organizationId, key }, recordedAt }) => [
      {
        id: key.keyId,
        row: {
          organization_id: organizationId,
          id: key.keyId,
          name: key.name,
          key_prefix: key.prefix,
          hash: key.hash,
          status: 'active',
          expires_at: key.expiresAt,
          created_at: recordedAt,
          updated_at: recordedAt,
        } satisfies ApiKeyRow,
      },
    ]),
    ...on(ApiKeyRevoked, ({ data, recordedAt }) => [
      {
        id: data.keyId,
        fold: (row: ApiKeyRow | undefined) => row && { ...row, status: 'revoked', updated_at: recordedAt },
      },
    ]),
  },
})
