import { Client } from 'pg'
import { startEmbeddedServer, type EmbeddedServerOptions } from '@billstream/embedded-server'
import type { Bench } from './bench'

/** Starts a PostgreSQL of its own, with the settings of `npm start`; resolves with the URL of its owner. */
export async function startDatabase(
  { closers, folder, say }: Bench,
  settings: EmbeddedServerOptions['settings'] = {},
): Promise<string> {
  const starting = startEmbeddedServer({ dataDir: folder(), log: say, settings })
  // Whoever closes while it starts waits for it: else it would outlive its folder.
  closers.push(async () => (await starting.catch(() => undefined))?.stop())
  return (await starting).connectionString
}

/** A plain connection as the owner. */
export async function connect({ closers }: Bench, connectionString: string): Promise<Client> {
  const client = new Client({ connectionString })
  await client.connect()
  // The server may be gone first when everything ends at once.
  client.on('error', () => undefined)
  closers.push(() => client.end())
  return client
}
