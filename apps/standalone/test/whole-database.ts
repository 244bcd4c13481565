import { Client } from 'pg'
import type { Projection } from '@billstream/event-sourcing-core'

/** The tables of a database in which a row, written out as text, holds one of the texts; `schema.table`, sorted. */
export async function tablesThatHold(connectionString: string, texts: readonly string[]): Promise<string[]> {
  return asOwner(connectionString, async (client) => {
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name
         from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm') and n.nspname not in ('pg_catalog', 'information_schema') order by 1`,
    )
    const found: string[] = []
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ holds: boolean }>(
        `select exists (select from ${name} t, unnest($1::text[]) sought
                         where position(sought in t::text) > 0
                            or position(encode(convert_to(sought, 'UTF8'), 'hex') in t::text) > 0) as holds`,
        [texts],
      )
      if (rows[0]?.holds) found.push(name)
    }
    return found
  })
}

/** Empties a view, so that the next start builds it again from the first event. The platform must not run. */
export async function forgetView(connectionString: string, { name, view }: Projection): Promise<void> {
  await asOwner(connectionString, async (client) => {
    await client.query(`delete from ${view.schema}.${view.name}`)
    const { rowCount } = await client.query('delete from projections.checkpoints where name = $1', [name])
    if (rowCount !== 1) throw new Error(`The projection ${name} has never run.`)
  })
}

async function asOwner<T>(connectionString: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
