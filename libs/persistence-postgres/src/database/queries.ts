import type { ClientBase, Pool, PoolClient } from 'pg'
import { StatementGroup, type Row, type Statement, type StatementResult } from './statement-group'
import { named } from './unavailable'

/** Statements of one role. Everything here throws StoreUnavailable when the server is away, then nothing or all may have happened. */
export interface Queries {
  /** One statement, one round trip, its own transaction. */
  query<R = Row>(statement: Statement): Promise<R[]>
  /** The number of rows that the statement changed. */
  execute(statement: Statement): Promise<number>
  /** Several statements in one round trip and one transaction: all or nothing. */
  group(statements: readonly Statement[]): Promise<StatementResult[]>
  /** For what must look before it writes: BEGIN, the work, COMMIT; a throw rolls back. */
  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T>
}

/** Statements on a pool's connections. */
export class PooledQueries implements Queries {
  constructor(private readonly pool: Pool) {}

  async query<R = Row>(statement: Statement): Promise<R[]> {
    return ((await this.group([statement]))[0]?.rows ?? []) as R[]
  }

  async execute(statement: Statement): Promise<number> {
    return (await this.group([statement]))[0]?.count ?? 0
  }

  async group(statements: readonly Statement[]): Promise<StatementResult[]> {
    const client = await this.connect()
    try {
      return await run(client, statements)
    } finally {
      client.release()
    }
  }

  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const client = await this.connect()
    const queries = new ClientQueries(client)
    try {
      await queries.execute({ text: 'begin' })
      const result = await work(queries)
      await queries.execute({ text: 'commit' })
      client.release()
      return result
    } catch (error) {
      await giveBack(client)
      throw error
    }
  }

  private async connect(): Promise<PoolClient> {
    try {
      return await this.pool.connect()
    } catch (error) {
      throw named(error)
    }
  }
}

/** Statements on one connection. Its transaction, where there is one, is the caller's. */
export class ClientQueries implements Queries {
  constructor(private readonly client: ClientBase) {}

  async query<R = Row>(statement: Statement): Promise<R[]> {
    return ((await this.group([statement]))[0]?.rows ?? []) as R[]
  }

  async execute(statement: Statement): Promise<number> {
    return (await this.group([statement]))[0]?.count ?? 0
  }

  group(statements: readonly Statement[]): Promise<StatementResult[]> {
    return run(this.client, statements)
  }

  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return work(this)
  }
}

function run(client: ClientBase, statements: readonly Statement[]): Promise<StatementResult[]> {
  return new Promise((resolve, reject) => {
    client.query(
      new StatementGroup(statements, (error, results) => (error ? reject(named(error) as Error) : resolve(results))),
    )
  })
}

async function giveBack(client: PoolClient): Promise<void> {
  try {
    await run(client, [{ text: 'rollback' }])
    client.release()
  } catch (error) {
    // A connection whose transaction could not be undone must not be used again; the server undoes it with the connection.
    client.release(error as Error)
  }
}
