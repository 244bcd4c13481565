import { createHash } from 'node:crypto'
import type { OrganizationRow } from '@billstream/accounts-read-model'
import type { Actor } from '@billstream/event-sourcing-core'
import type { Uuid } from '@billstream/kernel'

/** The holder of an API key: sees its organization and nothing else. */
export interface KeyCaller {
  readonly kind: 'key'
  readonly organizationId: Uuid
  readonly organization: OrganizationRow
  readonly actor: Actor
  /** What the caller proved; never logged. */
  readonly credential: string
}

/** The holder of the admin secret: sees organizations, not what is in them. */
export interface AdminCaller {
  readonly kind: 'admin'
  readonly actor: Actor
  readonly credential: string
}

export type Caller = KeyCaller | AdminCaller

/** Where a caller's idempotency keys and rate counts live: its organization, or its credential where there is none. */
export function scopeOf(caller: Caller): string {
  if (caller.kind === 'key') return caller.organizationId
  return `admin:${createHash('sha256').update(caller.credential).digest('hex')}`
}
