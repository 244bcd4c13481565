import { EventStoreUrlUnusable, isKurrentUrl, openKurrentEventStore } from '@billstream/event-store-kurrentdb'
import {
  PostgresEventStore,
  type PostgresEventStoreOptions,
  type StoreDatabase,
} from '@billstream/event-store-postgres'
import { ClaimHeld, type EventStore, type Log } from '@billstream/event-sourcing-runtime'

export interface EventStoreOptions {
  /** `kurrentdb://...` or `esdb://...`; the platform's own database without it. */
  readonly eventStoreUrl?: string | undefined
  readonly database: StoreDatabase
  readonly log: Log
  /** Where events are kept in PostgreSQL. */
  readonly postgres?: Omit<PostgresEventStoreOptions, 'unhurried'>
}

/** Nothing reacts to a claim, and the event that it was taken for follows at once. */
const CLAIMS = new Set([ClaimHeld.type])

/** The one event store of an installation. Throws EventStoreUrlUnusable on a URL that is of no known store. */
export function openEventStore(options: EventStoreOptions): EventStore {
  const { eventStoreUrl, database, log, postgres } = options
  if (eventStoreUrl === undefined) return new PostgresEventStore(database, { ...postgres, unhurried: CLAIMS })
  if (isKurrentUrl(eventStoreUrl)) return openKurrentEventStore({ url: eventStoreUrl, log })
  throw new EventStoreUrlUnusable(
    'The URL of the event store begins with kurrentdb:// or esdb://; leave it out to use PostgreSQL.',
  )
}
