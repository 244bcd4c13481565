import type { KeyUse, KeyUses } from '@billstream/event-sourcing-runtime'
import { addMinutes, compareInstants, type Clock, type Instant, type Uuid } from '@billstream/kernel'

/** When each API key was last used: noted in memory, written at most once a minute per key and outside of requests. */
export class KeyUseRecorder {
  private noted = new Map<Uuid, KeyUse>()
  private readonly written = new Map<Uuid, Instant>()

  constructor(private readonly ports: { readonly keyUses: KeyUses; readonly clock: Clock }) {}

  note(organizationId: Uuid, keyId: Uuid): void {
    this.noted.set(keyId, { organizationId, keyId, usedAt: this.ports.clock.now() })
  }

  async record(): Promise<void> {
    const minuteAgo = addMinutes(this.ports.clock.now(), -1)
    for (const [keyId, at] of this.written) if (compareInstants(at, minuteAgo) <= 0) this.written.delete(keyId)
    const uses = [...this.noted.values()].filter(({ keyId }) => !this.written.has(keyId))
    if (uses.length === 0) return
    await this.ports.keyUses.record(uses)
    for (const { keyId, usedAt } of uses) {
      this.written.set(keyId, usedAt)
      if (this.noted.get(keyId)?.usedAt === usedAt) this.noted.delete(keyId)
    }
  }
}
