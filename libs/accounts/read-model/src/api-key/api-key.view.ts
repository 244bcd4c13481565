import { col, defineView, type ViewRow } from '@billstream/event-sourcing-core'

/** `last_used_at` is not here: the gateway keeps it (at most one write a minute, outside the request). */
export const apiKeyView = defineView(
  'accounts',
  'api_key',
  {
    name: col.nullable(col.text),
    key_prefix: col.text,
    /** Hex SHA-256 of the key. */
    hash: col.text,
    /** active or revoked (also when its organization is closed) */
    status: col.text,
    expires_at: col.nullable(col.instant),
    created_at: col.instant,
    updated_at: col.instant,
  },
  [['hash']],
)
export type ApiKeyRow = ViewRow<typeof apiKeyView>
