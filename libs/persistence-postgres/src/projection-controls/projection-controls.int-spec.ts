import { sampleView } from '@billstream/event-sourcing-runtime'
import { projectionControlsConformance } from '@billstream/event-sourcing-runtime/conformance'
import { createTestDatabase } from '@billstream/testing'
import { openDatabase } from '../database/database'
import { postgresViews } from '../views/postgres-views'
import { viewMigrations } from '../views/view-migrations'
import { createViewSql } from '../views/view-schema'
import { PostgresProjectionControls } from './postgres-projection-controls'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }

projectionControlsConformance('PostgreSQL', async () => {
  const test = await createTestDatabase()
  const database = await openDatabase({ connectionString: test.connectionString, poolMax: 2, log })
  await database.migrate([...viewMigrations, { name: 'controls-0001', up: createViewSql(sampleView) }])
  const views = postgresViews(database)
  return {
    controls: new PostgresProjectionControls(database.worker),
    writer: views.writer,
    stop: async () => {
      await views.close()
      await database.close()
      await test.drop()
    },
  }
})
