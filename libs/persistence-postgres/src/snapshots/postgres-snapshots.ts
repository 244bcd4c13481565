import { Collected, type Snapshot, type Snapshots } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import { jsonText } from '../stored-text'

interface Wanted {
  readonly stream: string
  readonly foldVersion: number
}

interface SnapshotRow {
  readonly stream: string
  readonly fold_version: number
  readonly revision: string
  readonly state: unknown
}

/** Snapshots as rows (stream, fold version). */
export class PostgresSnapshots implements Snapshots {
  private readonly loads = new Collected<Wanted, Snapshot | undefined>(
    () => 'snapshots',
    (wanted) => this.loadAll(wanted),
  )

  constructor(private readonly worker: Queries) {}

  load(stream: string, foldVersion: number): Promise<Snapshot | undefined> {
    return this.loads.ask({ stream, foldVersion })
  }

  private async loadAll(wanted: readonly Wanted[]): Promise<(Snapshot | undefined)[]> {
    const rows = await this.worker.query<SnapshotRow>({
      name: 'snapshot_load',
      text: `select stream, fold_version, revision, state from runtime.snapshots
               join unnest($1::text[], $2::int[]) as wanted (stream, fold_version) using (stream, fold_version)`,
      values: [wanted.map(({ stream }) => stream), wanted.map(({ foldVersion }) => foldVersion)],
    })
    const found = new Map(rows.map((row) => [placeOf(row.stream, row.fold_version), row]))
    return wanted.map(({ stream, foldVersion }) => {
      const row = found.get(placeOf(stream, foldVersion))
      return row && { stream, foldVersion, revision: Number(row.revision), state: row.state }
    })
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

function placeOf(stream: string, foldVersion: number): string {
  return `${foldVersion} ${stream}`
}
