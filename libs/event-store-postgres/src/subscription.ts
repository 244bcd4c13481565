import { setMaxListeners } from 'node:events'
import type { Position } from '@billstream/event-sourcing-core'
import { passes, StoreUnavailable, type EventBatch, type EventFilter } from '@billstream/event-sourcing-runtime'
import type { EventReader } from './event-reader'
import type { Tail } from './tail'

const BATCH_MAX = 500
const RETRY_DELAY_MS = 200

export interface SubscribeOptions {
  readonly filter?: EventFilter
  readonly signal?: AbortSignal
  readonly batchMax?: number
}

/**
 * Everything after `from`: read from the store until it is as far as the tail remembers, from then on out of memory.
 * Both give positions in order and never pass the tail, so no event falls between them. Ends with the signal or the store.
 */
export async function* follow(
  tail: Tail,
  reader: EventReader,
  from: Position,
  { filter, signal, batchMax = BATCH_MAX }: SubscribeOptions,
): AsyncIterable<EventBatch> {
  const changes = tail.changes(signal)
  const wanted = passes(filter)
  const ended = (): boolean => tail.isClosed || signal?.aborted === true
  let reached = from
  let limit = batchMax
  const stored = async (end: Position): Promise<EventBatch | undefined> => {
    const range = { after: reached, end }
    const page = await untilEnded(() => reader.window(range, filter, limit, batchMax), ended, signal)
    if (page) limit = page.nextLimit
    return page?.batch
  }
  try {
    while (!ended()) {
      const recent = tail.started ?? (await untilEnded(() => tail.start(), ended, signal))
      if (!recent) return
      if (reached >= recent.reached) {
        await changes.next()
        continue
      }
      const batch = recent.holdsAfter(reached)
        ? recent.batchAfter(reached, wanted, batchMax)
        : await stored(recent.reached)
      if (!batch) return
      reached = batch.reached
      yield batch
    }
  } finally {
    changes.end()
  }
}

/** Repeats while the server is away; undefined when the subscription has ended meanwhile, without waiting for the answer. */
async function untilEnded<T>(
  work: () => Promise<T>,
  ended: () => boolean,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  while (!ended()) {
    try {
      return await orAborted(work(), signal)
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      await orAborted(retryDelay(), signal)
    }
  }
  return undefined
}

function retryDelay(): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), RETRY_DELAY_MS).unref()
  })
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T | undefined> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined)
    setMaxListeners(0, signal)
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
