import { randomUUID } from 'node:crypto'
import { BACKWARDS, DeadlineExceededError, END, excludeSystemEvents, STREAM_EXISTS } from '@kurrent/kurrentdb-client'
import { StoreUnavailable, type Log } from '@billstream/event-sourcing-runtime'
import type { KurrentClient } from './kurrent-client'
import { failureOf, isWrongRevision } from './kurrent-errors'
import type { KurrentEvent } from './stored-event'

/** After so long without an answer a call has failed, and its connection is opened anew. */
const CALL_DEADLINE_MS = 10_000

/** Nothing is ever recorded here: see `warm`. */
const WARM_UP_STREAM = 'billstreamWarmUp'

/** One client, from its first call until it is given up. */
export interface Session {
  readonly client: KurrentClient
  /** Aborts when the client is given up: a subscription on it would hear nothing more, not even an error. */
  readonly lost: AbortSignal
}

/**
 * The one connection of a store. It is opened by the first call and again by the first one after it was lost; with several
 * nodes the client then looks for the leader.
 */
export class KurrentConnection {
  private current: { session: Session; lose: AbortController } | undefined
  private opening: Promise<Session> | undefined
  private closed = false

  constructor(
    private readonly connect: () => KurrentClient,
    private readonly log: Log,
    readonly deadlineMs = CALL_DEADLINE_MS,
  ) {}

  /** The connection, warmed. Throws StoreUnavailable. */
  async session(): Promise<Session> {
    if (this.closed) throw new StoreUnavailable('The event store is closed.')
    if (this.current) return this.current.session
    this.opening ??= this.open().finally(() => (this.opening = undefined))
    return this.opening
  }

  /** One call, with a deadline. Throws StoreUnavailable, or the client's error where it is an answer of the server. */
  async call<T>(work: (client: KurrentClient) => Promise<T>): Promise<T> {
    const session = await this.session()
    return this.within(session, () => work(session.client))
  }

  /** One step of a call that takes many; throws as `call` does. */
  async within<T>(session: Session, step: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(step(), this.deadlineMs)
    } catch (thrown) {
      throw this.failed(session, thrown)
    }
  }

  /** The failure in the port's words. Gives the session up where it is of no more use. */
  failed(session: Session, thrown: unknown): Error {
    const { error, lost } = failureOf(thrown)
    if (lost && this.current?.session === session) {
      this.log.warn({ error: error.message }, 'The connection to KurrentDB is lost and will be opened anew.')
      this.giveUp()
    }
    return error
  }

  /** Ends all calls and subscriptions. */
  async close(): Promise<void> {
    this.closed = true
    await this.opening?.catch(() => undefined)
    this.giveUp()
  }

  private async open(): Promise<Session> {
    const client = this.connect()
    try {
      await withDeadline(warm(client, this.deadlineMs), this.deadlineMs)
    } catch (thrown) {
      dispose(client)
      throw failureOf(thrown).error
    }
    const lose = new AbortController()
    this.current = { session: { client, lost: lose.signal }, lose }
    return this.current.session
  }

  private giveUp(): void {
    if (!this.current) return
    const { session, lose } = this.current
    this.current = undefined
    lose.abort()
    dispose(session.client)
  }
}

/** The last event of the log that is not the server's own. */
export async function lastEvent(client: KurrentClient): Promise<KurrentEvent | undefined> {
  const options = { direction: BACKWARDS, fromPosition: END, maxCount: 1, requiresLeader: true } as const
  for await (const { event } of client.readAll({ ...options, filter: excludeSystemEvents() })) return event
  return undefined
}

/**
 * The first append and the first read of a client connect and would be slow: these two change nothing. The append must be
 * refused, because it is for a stream that never exists.
 */
async function warm(client: KurrentClient, deadline: number): Promise<void> {
  const event = { id: randomUUID(), type: 'WarmUp', contentType: 'application/json', data: {}, metadata: {} } as const
  const options = { streamState: STREAM_EXISTS, requiresLeader: true, deadline } as const
  const refused = client.appendToStream(WARM_UP_STREAM, [event], options).catch((error: unknown) => {
    if (!isWrongRevision(error)) throw error
  })
  await Promise.all([refused, lastEvent(client)])
}

/** Nobody waits for a client that is given up: its server may be silent. */
function dispose(client: KurrentClient): void {
  client.dispose().catch(() => undefined)
}

async function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new DeadlineExceededError()), deadlineMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
