import type { Position } from '@billstream/event-sourcing-core'
import { ProgressBoard } from '@billstream/event-sourcing-runtime'

/** Where the loops of all replicas stand. What one has handled is handled: who takes over from behind, or wakes late, takes nothing back. */
export class SharedBoard extends ProgressBoard {
  override set(name: string, position: Position): void {
    if (position > (this.get(name) ?? -1n)) super.set(name, position)
  }
}
