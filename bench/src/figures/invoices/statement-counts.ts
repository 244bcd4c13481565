import type { Client } from 'pg'
import { ownerOf, type CountedStatement } from './statement-owner'

/** PostgreSQL counts statements itself, so nothing of what is measured is changed for it. */
export const COUNTING_SETTINGS = {
  shared_preload_libraries: 'pg_stat_statements',
  // Only what clients send: what a function does inside is the server's.
  'pg_stat_statements.track': 'top',
} as const

const COUNTED = `
  select s.calls::float8 as calls, r.rolname as role, s.query as text
    from pg_stat_statements s join pg_roles r on r.oid = s.userid
   where s.dbid = (select oid from pg_database where datname = current_database())
   order by s.calls desc`
const TEXT_MAX = 110

/** The statements that a server with COUNTING_SETTINGS has run since the last start of the count. */
export class StatementCounts {
  private constructor(private readonly client: Client) {}

  /** client: as the owner. */
  static async of(client: Client): Promise<StatementCounts> {
    await client.query('create extension pg_stat_statements')
    return new StatementCounts(client)
  }

  async start(): Promise<void> {
    await this.client.query('select pg_stat_statements_reset()')
  }

  /** What the services have run; the most frequent first. */
  async ofServices(): Promise<CountedStatement[]> {
    const { rows } = await this.client.query<CountedStatement>(COUNTED)
    return rows.filter((statement) => ownerOf(statement) === 'services')
  }
}

/** Each kind of statement with how often it ran for one of `count`. */
export function shareTexts(statements: readonly CountedStatement[], count: number): string[] {
  return statements.map(({ calls, text }) => {
    const line = text.trim().replace(/\s+/g, ' ')
    return `${(calls / count).toFixed(2).padStart(6)}  ${line.slice(0, TEXT_MAX)}`
  })
}
