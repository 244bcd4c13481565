import type { Client } from 'pg'
import { runUnderHold, type Leases, type Log } from '@billstream/event-sourcing-runtime'
import { LeaseSession, lockKey } from './lease-session'

/** A lock of 64 bits stands there as two halves. */
const IS_HELD = `
  select exists (
    select from pg_locks
     where locktype = 'advisory' and granted and objsubid = 1
       and database = (select oid from pg_database where datname = current_database())
       and classid::bigint << 32 | objid::bigint = $1::bigint) as held`

/**
 * Roles as advisory locks of one session, which all roles of this process share: each process needs one connection more.
 * `connect` gives a connection of its own. When the session ends, whatever the reason, every hold is lost.
 */
export class PostgresLeases implements Leases {
  private readonly session: LeaseSession

  constructor(
    private readonly connect: () => Promise<Client>,
    log: Log,
  ) {
    this.session = new LeaseSession(connect, log)
  }

  async hold(role: string, stop: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    for (let hold = await this.session.win(role, stop); hold; hold = await this.session.win(role, stop)) {
      const held = hold
      const over = await runUnderHold(work, held.signal, stop).finally(() => this.session.giveBack(role, held))
      if (over) return
    }
  }

  /** Asked on a connection of its own: whoever only asks has no session. */
  async isHeld(role: string): Promise<boolean> {
    const client = await this.connect()
    try {
      const { rows } = await client.query<{ held: boolean }>(IS_HELD, [lockKey(role)])
      return rows[0]?.held === true
    } finally {
      await client.end()
    }
  }
}
