import { compareInstants } from '@billstream/kernel'
import type { KeyUse, KeyUses } from '../ports/key-uses.port'

/** Uses of one process; they end with it. */
export class MemoryKeyUses implements KeyUses {
  private readonly uses = new Map<string, KeyUse>()

  async record(uses: readonly KeyUse[]): Promise<void> {
    for (const use of uses) {
      const known = this.uses.get(use.keyId)
      if (!known || compareInstants(known.usedAt, use.usedAt) < 0) this.uses.set(use.keyId, use)
    }
  }

  async lastUses(organizationId: string, keyIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const known = keyIds.map((keyId) => this.uses.get(keyId)).filter((use) => use !== undefined)
    const own = known.filter((use) => use.organizationId === organizationId)
    return new Map(own.map(({ keyId, usedAt }) => [keyId, usedAt]))
  }
}
