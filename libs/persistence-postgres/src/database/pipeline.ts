import { Client, type ClientConfig } from 'pg'
import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import { parameterText } from './postgres-values'
import type { Row, Statement } from './statement-group'
import { named } from './unavailable'

/**
 * One connection on which a statement is sent without waiting for the answer of the one before. The server runs them in their
 * order, each in a transaction of its own, and need not wait for this process in between. For short statements only: a slow one
 * holds up all that follow.
 */
export class Pipeline {
  private client: Promise<Client> | undefined
  private closed = false

  constructor(private readonly config: ClientConfig) {}

  /** Throws StoreUnavailable when the server is away: then the statement may have run. The next one connects again. */
  async query<R = Row>({ name, text, values = [] }: Statement): Promise<R[]> {
    if (this.closed) throw new StoreUnavailable('The database is closed.')
    try {
      const client = await this.connected()
      const statement = { text, values: values.map(parameterText), ...(name !== undefined && { name }) }
      return (await client.query(statement)).rows as R[]
    } catch (error) {
      throw named(error)
    }
  }

  /** What is not answered yet fails with StoreUnavailable. */
  async close(): Promise<void> {
    this.closed = true
    const client = await this.client?.catch(() => undefined)
    await client?.end()
  }

  private connected(): Promise<Client> {
    if (this.client) return this.client
    const client = new Client({ ...this.config, pipeline: true })
    const connected = client.connect()
    // A connection that is lost says so more than once, the last time perhaps after the next one was opened.
    const lost = (): void => {
      if (this.client === connected) this.client = undefined
    }
    // The statements in flight fail with the connection; the event of the same loss would end the process.
    client.on('error', lost)
    client.on('end', lost)
    connected.catch(lost)
    return (this.client = connected)
  }
}
