import { setTimeout as wait } from 'node:timers/promises'
import type { Position } from '@billstream/event-sourcing-core'
import {
  ChangeSignal,
  passes,
  StoreUnavailable,
  type EventBatch,
  type EventFilter,
  type Log,
} from '@billstream/event-sourcing-runtime'
import { EventFeed } from './event-feed'
import type { KurrentConnection, Session } from './kurrent-connection'

const BATCH_MAX = 500
/** A dropped subscription begins again after so long; twice as long each time that nothing came in between. */
const RETRY_DELAY_MIN_MS = 50
const RETRY_DELAY_MAX_MS = 5_000

export interface FollowOptions {
  readonly filter: EventFilter | undefined
  readonly batchMax: number | undefined
  readonly signal: AbortSignal
}

/**
 * Everything after `from`, over as many subscriptions of the client as it takes: each begins where the last batch has
 * reached. Ends with the signal. Throws what the server refuses, such as a right that is missing.
 */
export async function* follow(
  connection: KurrentConnection,
  log: Log,
  from: Position,
  options: FollowOptions,
): AsyncIterable<EventBatch> {
  const { signal } = options
  let reached = from
  let delayMs = RETRY_DELAY_MIN_MS
  while (!signal.aborted) {
    for await (const batch of untilDropped(connection, log, reached, options)) {
      reached = batch.reached
      delayMs = RETRY_DELAY_MIN_MS
      yield batch
    }
    await wait(delayMs, undefined, { signal, ref: false }).catch(() => undefined)
    delayMs = Math.min(delayMs * 2, RETRY_DELAY_MAX_MS)
  }
}

/** One subscription of the client, if the server can be reached. */
async function* untilDropped(
  connection: KurrentConnection,
  log: Log,
  from: Position,
  options: FollowOptions,
): AsyncIterable<EventBatch> {
  const session = await sessionOf(connection, options.signal)
  if (!session) return
  const feed = new EventFeed(session, from)
  try {
    yield* batches(feed, options)
  } finally {
    feed.close()
  }
  if (feed.failure) tell(connection.failed(session, feed.failure), log)
}

/** What came in before the subscription was dropped is given too. */
async function* batches(
  feed: EventFeed,
  { filter, batchMax = BATCH_MAX, signal }: FollowOptions,
): AsyncIterable<EventBatch> {
  const wanted = passes(filter)
  while (!signal.aborted) {
    const batch = feed.take(wanted, batchMax)
    if (batch) yield batch
    else if (feed.failure) return
    else await feed.change(signal)
  }
}

/** The connection; undefined while the server is away, and at once when the signal aborts. */
async function sessionOf(connection: KurrentConnection, signal: AbortSignal): Promise<Session | undefined> {
  const answered = new ChangeSignal()
  const session = connection
    .session()
    .catch((error: unknown) => {
      if (!(error instanceof StoreUnavailable)) throw error
      return undefined
    })
    .finally(() => answered.announce())
  await Promise.race([session, answered.next(signal)])
  return signal.aborted ? undefined : session
}

function tell(error: Error, log: Log): void {
  if (!(error instanceof StoreUnavailable)) throw error
  log.warn({ error: error.message }, 'A subscription was dropped and begins again where it was.')
}
