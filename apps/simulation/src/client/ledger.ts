import type { CommandReply } from '@billstream/event-sourcing-core'
import type { IngestEvent } from '@billstream/usage-contracts'

/** A command that was answered well. */
export interface Acknowledged {
  readonly type: string
  readonly commandId: string
  readonly reply: Extract<CommandReply, { ok: true }>
}

/** The next invoice of a subscription as it was shown before its period closed. */
export interface ShownPreview {
  readonly subscriptionId: string
  readonly periodEnd: string
  /** Minor units, one per line in order, and in all. */
  readonly amounts: readonly string[]
  readonly total: string
}

/** What clients were told, and may rely on. */
export class Ledger {
  readonly commands: Acknowledged[] = []
  /** By transaction id, as first acknowledged. */
  readonly usage = new Map<string, IngestEvent>()
  readonly previews: ShownPreview[] = []
  /** What should not have been answered. */
  readonly surprises: string[] = []

  /** A client was told what cannot be. */
  surprise(text: string): void {
    this.surprises.push(text)
  }
}
