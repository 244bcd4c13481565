import { createHash } from 'node:crypto'
import type { Client, QueryConfig, QueryResultRow } from 'pg'
import type { Log } from '@billstream/event-sourcing-runtime'

/** How often roles that others hold are tried, and the session says that it lives, in milliseconds. */
export const LOOK_EVERY_MS = 1_000
/** A statement that has no answer after this is a lost connection, in milliseconds. */
export const ANSWER_TIMEOUT_MS = 2_000
/**
 * The server ends a session that has been silent for so long, in milliseconds, and with it the locks of a process that hangs
 * or whose machine is gone. Longer than a look and its time limit, so the holder knows first; another holder follows
 * within a look, so within 5 s in all.
 */
export const SILENCE_MAX_MS = 3_500

const TRY = 'select role, pg_try_advisory_lock(key) as won from unnest($1::text[], $2::bigint[]) wanted (role, key)'

interface Waiter {
  readonly role: string
  readonly won: (hold: AbortController) => void
}

/**
 * The session in which this process holds its roles. A session may take the same lock twice, so of several in this process
 * who want one role only the first asks. It is open as long as a role is held or wanted.
 */
export class LeaseSession {
  private readonly holds = new Map<string, AbortController>()
  private readonly waiters = new Set<Waiter>()
  private session: Session | undefined
  private looking = false
  private lookAgain: () => void = () => undefined

  constructor(
    private readonly connect: () => Promise<Client>,
    private readonly log: Log,
  ) {}

  /** Waits for the role; undefined when `stop` aborted first. */
  win(role: string, stop: AbortSignal): Promise<AbortController | undefined> {
    if (stop.aborted) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const leave = () => {
        this.waiters.delete(waiter)
        this.lookAgain()
        resolve(undefined)
      }
      const won = (hold: AbortController) => {
        stop.removeEventListener('abort', leave)
        this.waiters.delete(waiter)
        resolve(hold)
      }
      const waiter: Waiter = { role, won }
      this.waiters.add(waiter)
      stop.addEventListener('abort', leave, { once: true })
      this.lookNow()
    })
  }

  /** Resolves when others can have the role. */
  async giveBack(role: string, hold: AbortController): Promise<void> {
    if (this.holds.get(role) !== hold) return
    await this.unlock(role)
    if (this.holds.get(role) === hold) this.holds.delete(role)
    this.lookNow()
  }

  private lookNow(): void {
    if (this.looking) this.lookAgain()
    else void this.look()
  }

  private async look(): Promise<void> {
    this.looking = true
    while (this.holds.size > 0 || this.waiters.size > 0) {
      const again = new Promise<void>((resolve) => (this.lookAgain = resolve))
      await this.tryWanted()
      await orAfter(LOOK_EVERY_MS, again)
    }
    this.looking = false
    await this.endSession()
  }

  /** Also says that this session lives: it is asked with nothing wanted as well. */
  private async tryWanted(): Promise<void> {
    try {
      const session = (this.session ??= await this.openSession())
      const wanted = [...new Set([...this.waiters].map(({ role }) => role))].filter((role) => !this.holds.has(role))
      const rows = await session.ask<{ role: string; won: boolean }>(TRY, [wanted, wanted.map(lockKey)])
      // A session that was lost meanwhile has won nothing.
      for (const { role, won } of rows) if (won && session === this.session) await this.handOver(role)
    } catch (error) {
      this.lose(error)
    }
  }

  private async handOver(role: string): Promise<void> {
    const first = [...this.waiters].find((waiter) => waiter.role === role)
    if (!first) return this.unlock(role)
    const hold = new AbortController()
    this.holds.set(role, hold)
    first.won(hold)
  }

  private async unlock(role: string): Promise<void> {
    try {
      await this.session?.ask('select pg_advisory_unlock($1)', [lockKey(role)])
    } catch (error) {
      this.lose(error)
    }
  }

  private async openSession(): Promise<Session> {
    const session: Session = new Session(await this.connect(), (error) => this.lose(error, session))
    try {
      await session.ask(`set idle_session_timeout = '${SILENCE_MAX_MS}ms'`, [])
      return session
    } catch (error) {
      await session.end()
      throw error
    }
  }

  /** Every role is lost with its session; `session` tells an old one's last words from those of the present one. */
  private lose(error: unknown, session = this.session): void {
    if (session !== this.session) return
    this.session = undefined
    if (this.holds.size > 0) this.log.warn({ err: error, roles: [...this.holds.keys()] }, 'Leases were lost.')
    for (const hold of this.holds.values()) hold.abort(error)
    this.holds.clear()
    void session?.end()
  }

  private async endSession(): Promise<void> {
    const session = this.session
    this.session = undefined
    await session?.end()
  }
}

/** The driver knows a time limit for one statement, its types do not. */
interface LimitedQuery extends QueryConfig {
  readonly query_timeout: number
}

/** One connection; its statements go one after the other, each with a time limit. */
class Session {
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    private readonly client: Client,
    lost: (error: Error) => void,
  ) {
    client.on('error', lost)
    client.on('end', () => lost(new Error('The session of the leases has ended.')))
  }

  async ask<Row extends QueryResultRow>(text: string, values: unknown[]): Promise<Row[]> {
    const statement: LimitedQuery = { text, values, query_timeout: ANSWER_TIMEOUT_MS }
    const answer = this.last.then(() => this.client.query<Row>(statement))
    this.last = answer.catch(() => undefined)
    return (await answer).rows
  }

  /** Ending a connection that is broken already is no failure. */
  async end(): Promise<void> {
    await this.client.end().catch(() => undefined)
  }
}

/** 64 bits of a hash: roles neither meet each other nor the locks of stores and usage. */
export function lockKey(role: string): string {
  return createHash('sha256').update(`billstream.role.${role}`).digest().readBigInt64BE().toString()
}

async function orAfter(ms: number, earlier: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const later = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  await Promise.race([earlier, later])
  clearTimeout(timer)
}
