import type { Client } from 'pg'
import type { Bench } from '../../world/bench'
import { connect } from '../../world/bench-database'
import { drive, perSecond } from '../../world/drive'
import { AppendLoad } from './append-load'

/** The columns, constraints and indexes of the store's own table; a sequence stands for its positions. */
const TABLE = `
  create schema bench;
  create table bench.events (like store.events including all);
  create sequence bench.position`

const INSERT = {
  name: 'plain_insert',
  text: `
    insert into bench.events (position, recorded_at, id, revision, bytes, schema_version, stream, type, organization_id,
                              correlation_id, data, metadata)
    values (nextval('bench.position'), clock_timestamp(), $1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
}

/** The same events, as plain prepared inserts: one row, one transaction, one round trip, each writer on a connection of its own. */
export class PlainInserts {
  private constructor(
    private readonly clients: readonly Client[],
    private readonly loads: readonly AppendLoad[],
  ) {}

  static async open(bench: Bench, connectionString: string, writers: number): Promise<PlainInserts> {
    const clients: Client[] = []
    for (let writer = 0; writer < writers; writer += 1) clients.push(await connect(bench, connectionString))
    await clients[0]?.query(TABLE)
    return new PlainInserts(
      clients,
      clients.map(() => new AppendLoad()),
    )
  }

  /** Rows a second. */
  async measure(durationMs: number): Promise<number> {
    const callers = this.clients.length
    return perSecond(await drive({ callers, durationMs, call: (writer) => this.insert(writer) }))
  }

  private async insert(writer: number): Promise<void> {
    const [client, load] = [this.clients[writer], this.loads[writer]]
    if (!client || !load) throw new Error(`There is no writer ${writer}.`)
    const { stream, revision, event } = load.next()
    const { organizationId, correlationId, ...metadata } = event.metadata
    const [data, rest] = [JSON.stringify(event.data), JSON.stringify(metadata)]
    await client.query({
      ...INSERT,
      values: [
        ...[event.id, revision + 1, Buffer.byteLength(data) + Buffer.byteLength(rest), event.schemaVersion, stream],
        ...[event.type, organizationId, correlationId, data, rest],
      ],
    })
  }
}
