import { createHash, randomUUID } from 'node:crypto'
import type { Client } from 'pg'
import type { Bench } from '../../world/bench'
import { connect } from '../../world/bench-database'
import { drive } from '../../world/drive'
import { BATCH_EVENTS, UsageSource, type SentUsage } from '../../world/usage'
import { copyRows } from './copy-rows'

const PARTITIONS = 8
const CUSTOMERS = 100

/** The columns, the partitions and the key of the log's own table, without its further indexes. */
const TABLE = `
  create schema bench;
  create table bench.event (like usage.event, primary key (organization_id, transaction_id))
    partition by hash (organization_id, transaction_id);
  ${Array.from(
    { length: PARTITIONS },
    (_, remainder) => `
      create table bench.event_${remainder} partition of bench.event
        for values with (modulus ${PARTITIONS}, remainder ${remainder});`,
  ).join('')}`

const COPY = `
  copy bench.event (organization_id, transaction_id, id, series, timestamp, created_at, ingestion, value, distinct_value,
                    content_hash, request_id, properties) from stdin`
const NULL = '\\N'

/** The same events as plain rows: COPY of 100 a transaction. */
export class PlainCopies {
  private readonly source = new UsageSource(CUSTOMERS)
  private readonly organizationId = randomUUID()
  private batches = 0

  private constructor(private readonly clients: readonly Client[]) {}

  /** The log's own table must be there. */
  static async open(bench: Bench, connectionString: string, connections: number): Promise<PlainCopies> {
    const clients: Client[] = []
    for (let each = 0; each < connections; each += 1) clients.push(await connect(bench, connectionString))
    await clients[0]?.query(TABLE)
    return new PlainCopies(clients)
  }

  /** Rows a second. */
  async measure(durationMs: number): Promise<number> {
    const { calls, seconds } = await drive({
      callers: this.clients.length,
      durationMs,
      call: (each) => this.copy(each),
    })
    return (calls * BATCH_EVENTS) / seconds
  }

  private async copy(connection: number): Promise<void> {
    const client = this.clients[connection]
    if (!client) throw new Error(`There is no connection ${connection}.`)
    this.batches += 1
    const rows = this.source.batch().events.map((event) => this.row(event))
    await copyRows(client, COPY, rows.join(''))
  }

  private row({ transaction_id, external_customer_id, code, timestamp, properties }: SentUsage): string {
    const text = JSON.stringify(properties)
    const hash = createHash('sha256').update(`${transaction_id}${text}`).digest('hex')
    const series = createHash('md5').update(`${external_customer_id}\n${code}`).digest('hex')
    const value = 'tokens' in properties ? String(properties['tokens']) : NULL
    const columns = [
      ...[this.organizationId, transaction_id, randomUUID(), series, timestamp, timestamp, this.batches, value, NULL],
      ...[`\\\\x${hash}`, transaction_id, text],
    ]
    return `${columns.join('\t')}\n`
  }
}
