import type { Position } from '@billstream/event-sourcing-core'

/** Where consumers of the bus stand. Saved now and then: what is delivered again after a crash is recognised by the inbox. */
export interface Checkpoints {
  load(consumer: string): Promise<Position>
  /** Never goes back. */
  save(positions: ReadonlyMap<string, Position>): Promise<void>
}
