import type { ProjectionControls, ProjectionFailure, ProjectionPause } from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import { storableText } from '../stored-text'

/** Pauses and failures as rows beside the checkpoints; every commit of a view looks for a pause. */
export class PostgresProjectionControls implements ProjectionControls {
  constructor(private readonly worker: Queries) {}

  async pause({ projection, by, reason, at }: ProjectionPause): Promise<boolean> {
    const count = await this.worker.execute({
      text: `insert into projections.pauses (projection, paused_by, reason, at) values ($1, $2, $3, $4)
             on conflict (projection) do nothing`,
      values: [projection, by, storableText(reason), at],
    })
    return count > 0
  }

  async resume(projection: string): Promise<boolean> {
    const text = 'delete from projections.pauses where projection = $1'
    return (await this.worker.execute({ text, values: [projection] })) > 0
  }

  async isPaused(projection: string): Promise<boolean> {
    const [row] = await this.worker.query<{ paused: boolean }>({
      name: 'projection_paused',
      text: 'select exists (select from projections.pauses where projection = $1) as paused',
      values: [projection],
    })
    return row?.paused === true
  }

  pauses(): Promise<ProjectionPause[]> {
    return this.worker.query<ProjectionPause>({
      text: 'select projection, paused_by as by, reason, at from projections.pauses order by projection',
    })
  }

  async failed({ projection, error, at }: ProjectionFailure): Promise<void> {
    await this.worker.execute({
      text: `insert into projections.failures (projection, error, at) values ($1, $2, $3)
             on conflict (projection) do update set error = excluded.error, at = excluded.at`,
      values: [projection, storableText(error), at],
    })
  }

  failures(): Promise<ProjectionFailure[]> {
    return this.worker.query<ProjectionFailure>({
      text: 'select projection, error, at from projections.failures order by projection',
    })
  }
}
