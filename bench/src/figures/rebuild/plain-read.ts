import type { Client } from 'pg'

/** As many as a rebuild reads at once. */
const PAGE_EVENTS = 1_000

const PAGE = {
  name: 'plain_read',
  text: `
    select position, recorded_at, id, revision, bytes, schema_version, stream, type, organization_id, correlation_id, data,
           metadata
      from store.events where position > $1 order by position limit ${PAGE_EVENTS}`,
}

/** Reads every event of the store once, page by page, by the plain driver; resolves with their number. */
export async function readAllEvents(client: Client): Promise<number> {
  let [read, position] = [0, '0']
  for (;;) {
    const { rows } = await client.query<{ position: string }>({ ...PAGE, values: [position] })
    read += rows.length
    position = rows.at(-1)?.position ?? position
    if (rows.length < PAGE_EVENTS) return read
  }
}
