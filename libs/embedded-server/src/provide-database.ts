import { realpathSync } from 'node:fs'
import { Client } from 'pg'
import { EmbeddedServerUnavailable } from './embedded-server-unavailable'

export const DATABASE = 'billstream'
const CONNECT_TIMEOUT_MS = 10_000

/** Proves that the server behind the address is the one of this folder, and makes the database where it is missing. */
export async function provideDatabase(connectionString: string, dataFolder: string): Promise<void> {
  const client = new Client({ connectionString, connectionTimeoutMillis: CONNECT_TIMEOUT_MS })
  await client.connect()
  try {
    const { rows } = await client.query<{ folder: string; present: boolean }>(
      `select current_setting('data_directory') as folder,
              exists (select from pg_database where datname = '${DATABASE}') as present`,
    )
    const [found] = rows
    if (found === undefined || realpathSync(found.folder) !== dataFolder) {
      throw new EmbeddedServerUnavailable(
        `The server on this port serves another folder: ${found?.folder ?? 'unknown'}`,
      )
    }
    if (!found.present) await client.query(`create database ${DATABASE}`)
  } finally {
    await client.end()
  }
}
