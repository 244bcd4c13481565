import { EventStoreUrlUnusable, isKurrentUrl, openKurrentEventStore } from '@billstream/event-store-kurrentdb'
import { PostgresEventStore, type StoreDatabase } from '@billstream/event-store-postgres'
import { ClaimHeld, type EventStore, type Log } from '@billstream/event-sourcing-runtime'

export interface EventStoreOptions {
  /** `kurrentdb://...` or `esdb://...`; the platform's own database without it. */
  readonly eventStoreUrl?: string | undefined
  readonly database: StoreDatabase
  readonly log: Log
  /** Between two hints to other processes, in milliseconds (0). */
  readonly hintRestMs?: number
}

/** Nothing reacts to a claim, and the event that it was taken for follows at once. */
const CLAIMS = new Set([ClaimHeld.type])

/** The one event store of an installation. Throws EventStoreUrlUnusable on a URL that is of no known store. */
export function openEventStore({ eventStoreUrl, database, log, hintRestMs = 0 }: EventStoreOptions): EventStore {
  if (eventStoreUrl === undefined) {
    return new PostgresEventStore(database, { unhurried: CLAIMS, tellRestMs: hintRestMs })
  }
  if (isKurrentUrl(eventStoreUrl)) return openKurrentEventStore({ url: eventStoreUrl, log })
  throw new EventStoreUrlUnusable(
    'The URL of the event store begins with kurrentdb:// or esdb://; leave it out to use PostgreSQL.',
  )
}
