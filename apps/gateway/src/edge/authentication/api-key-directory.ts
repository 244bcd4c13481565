import { createHash } from 'node:crypto'
import { apiKeyView, organizationView, type ApiKeyRow, type OrganizationRow } from '@billstream/accounts-read-model'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import { LRUCache } from 'lru-cache'

/** How old what is known of a key may be, in milliseconds. */
const AGE_MAX_MS = 1_000
const KEYS_MAX = 10_000

export interface KnownKey {
  readonly key: ApiKeyRow
  readonly organization: OrganizationRow
}

/** SHA-256 of an API key, in hex: the only form in which it is stored. */
export function hashOfKey(rawKey: string): string {
  return createHash('sha256').update(rawKey).digest('hex')
}

/** Finds keys by their hash, in any organization, and remembers them for a moment. */
export class ApiKeyDirectory {
  private readonly known = new LRUCache<string, KnownKey>({ max: KEYS_MAX, ttl: AGE_MAX_MS })
  private readonly asked = new Map<string, Promise<KnownKey | undefined>>()
  private generation = 0

  constructor(private readonly ports: Pick<PlatformPorts, 'viewsAnywhere' | 'views'>) {}

  /** undefined: no such key. Callers look at status and expiry themselves. */
  async find(hash: string): Promise<KnownKey | undefined> {
    const known = this.known.get(hash)
    if (known) return known
    const asking = this.asked.get(hash) ?? this.ask(hash)
    this.asked.set(hash, asking)
    return asking
  }

  /** After a key was revoked or its organization changed here: nothing older may be believed. */
  forget(): void {
    this.generation += 1
    this.known.clear()
    this.asked.clear()
  }

  private async ask(hash: string): Promise<KnownKey | undefined> {
    const { generation } = this
    try {
      const found = await this.load(hash)
      if (found && generation === this.generation) this.known.set(hash, found)
      return found
    } finally {
      if (generation === this.generation) this.asked.delete(hash)
    }
  }

  private async load(hash: string): Promise<KnownKey | undefined> {
    const [key] = await this.ports.viewsAnywhere.findAnywhere(apiKeyView, { where: { hash }, limit: 1 })
    if (!key) return undefined
    const organization = await this.ports.views.get(organizationView, key.organization_id, key.organization_id)
    return organization && { key, organization }
  }
}
