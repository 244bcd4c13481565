import type { Position } from '@billstream/event-sourcing-core'
import type { Checkpoints } from '../ports/checkpoints.port'

export class MemoryCheckpoints implements Checkpoints {
  private readonly positions = new Map<string, Position>()

  load(consumer: string): Promise<Position> {
    return Promise.resolve(this.positions.get(consumer) ?? 0n)
  }

  save(positions: ReadonlyMap<string, Position>): Promise<void> {
    for (const [consumer, position] of positions) {
      if (position > (this.positions.get(consumer) ?? 0n)) this.positions.set(consumer, position)
    }
    return Promise.resolve()
  }
}
