import type {
  CrossTenantViewReader,
  ViewProgress,
  ViewReader,
  ViewRebuilds,
  ViewWriter,
} from '@billstream/event-sourcing-runtime'
import type { Database } from '../database/database'
import { PassedOver } from './passed-over'
import { PostgresCrossTenantViewReader, PostgresViewReader } from './postgres-view-reader'
import { PostgresViewRebuilds } from './postgres-view-rebuilds'
import { PostgresViewWriter } from './postgres-view-writer'
import { ProjectionPositions } from './projection-positions'

export interface PostgresViews {
  readonly reader: ViewReader
  readonly anywhere: CrossTenantViewReader
  readonly writer: ViewWriter
  readonly rebuilds: ViewRebuilds
  readonly progress: ViewProgress
  /** Stores the checkpoints that are still to be stored; the database stays open. */
  close(): Promise<void>
}

/** The views on PostgreSQL; one per process, because commits of this process wake its own waiters directly. */
export function postgresViews(database: Database): PostgresViews {
  const positions = new ProjectionPositions(database.worker, database.notifications)
  const passedOver = new PassedOver(database.worker, positions)
  return {
    reader: new PostgresViewReader(database.tenant),
    anywhere: new PostgresCrossTenantViewReader(database.worker),
    writer: new PostgresViewWriter(database.worker, positions, passedOver),
    rebuilds: new PostgresViewRebuilds(database, positions, passedOver),
    progress: positions,
    close: async () => {
      await passedOver.store()
      positions.close()
    },
  }
}
