import type { Client } from 'pg'
import { runUnderHold, type Leases, type Log } from '@billstream/event-sourcing-runtime'
import { LeaseSession } from './lease-session'

/**
 * Roles as advisory locks of one session, which all roles of this process share: each process needs one connection more.
 * `connect` gives a connection of its own. When the session ends, whatever the reason, every hold is lost.
 */
export class PostgresLeases implements Leases {
  private readonly session: LeaseSession

  constructor(connect: () => Promise<Client>, log: Log) {
    this.session = new LeaseSession(connect, log)
  }

  async hold(role: string, stop: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    for (let hold = await this.session.win(role, stop); hold; hold = await this.session.win(role, stop)) {
      const held = hold
      const over = await runUnderHold(work, held.signal, stop).finally(() => this.session.giveBack(role, held))
      if (over) return
    }
  }
}
