import type { Snapshot, Snapshots } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import { jsonText } from '../stored-text'

/** Snapshots as rows (stream, fold version). */
export class PostgresSnapshots implements Snapshots {
  constructor(private readonly worker: Queries) {}

  async load(stream: string, foldVersion: number): Promise<Snapshot | undefined> {
    const [row] = await this.worker.query<{ revision: string; state: unknown }>({
      name: 'snapshot_load',
      text: 'select revision, state from runtime.snapshots where stream = $1 and fold_version = $2',
      values: [stream, foldVersion],
    })
    return row && { stream, foldVersion, revision: Number(row.revision), state: row.state }
  }

  async save({ stream, foldVersion, revision, state }: Snapshot): Promise<void> {
    await this.worker.execute({
      name: 'snapshot_save',
      text: `insert into runtime.snapshots as known (stream, fold_version, revision, state) values ($1, $2, $3, $4)
             on conflict (stream, fold_version) do update set revision = excluded.revision, state = excluded.state
              where known.revision < excluded.revision`,
      values: [stream, foldVersion, revision, jsonText(state)],
    })
  }

  async drop(stream: string): Promise<void> {
    await this.worker.execute({ text: 'delete from runtime.snapshots where stream = $1', values: [stream] })
  }
}
