import type { Position } from '@billstream/event-sourcing-core'
import type { Checkpoints } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'

/** Positions of the bus's consumers; one row each. */
export class PostgresCheckpoints implements Checkpoints {
  constructor(private readonly queries: Queries) {}

  async load(consumer: string): Promise<Position> {
    const [row] = await this.queries.query<{ position: string }>({
      text: 'select position from runtime.checkpoint where consumer = $1',
      values: [consumer],
    })
    return BigInt(row?.position ?? 0)
  }

  async save(positions: ReadonlyMap<string, Position>): Promise<void> {
    await this.queries.execute({
      text: `insert into runtime.checkpoint (consumer, position)
             select * from unnest($1::text[], $2::numeric[])
             on conflict (consumer) do update set position = greatest(checkpoint.position, excluded.position)`,
      values: [[...positions.keys()], [...positions.values()].map(String)],
    })
  }
}
