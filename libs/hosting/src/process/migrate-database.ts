import { openDatabase } from '@billstream/persistence-postgres'
import { createLog } from '@billstream/platform'
import { allMigrations } from '../postgres-platform'
import { SettingReader, SettingsInvalid, type Environment } from '../settings/setting-reader'
import { explainFailure } from './explain-failure'
import { reachDatabase } from './reach-database'

/** Runs the missing migrations of DATABASE_URL and says which; a job of its own where services do not run them. */
export async function migrateDatabase(environment: Environment): Promise<void> {
  try {
    const databaseUrl = urlOf(environment)
    const names = await reachDatabase(databaseUrl, migrate(databaseUrl))
    process.stdout.write(names.length === 0 ? 'No migration was missing.\n' : `${names.join('\n')}\n`)
  } catch (error) {
    process.stderr.write(`${explainFailure(error, environment)}\n`)
    process.exitCode = 1
  }
}

async function migrate(connectionString: string): Promise<string[]> {
  const database = await openDatabase({ connectionString, poolMax: 1, log: createLog('warn') })
  return database.migrate(allMigrations).finally(() => database.close())
}

function urlOf(environment: Environment): string {
  const problems: string[] = []
  const read = new SettingReader(environment, problems)
  const url = read.databaseUrl() ?? read.required('DATABASE_URL', 'postgresql://user:password@host:port/database')
  if (problems.length > 0) throw new SettingsInvalid(problems)
  return url
}
