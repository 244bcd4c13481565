import type { Position } from '@billstream/event-sourcing-core'
import type { StreamId } from './event-store.port'

export interface StreamSummary {
  readonly stream: StreamId
  readonly organizationId: string
  readonly events: number
  readonly lastType: string
  readonly lastPosition: Position
  readonly lastRecordedAt: string
}

/** Where an event is; EventStore.read gives it from there. */
export interface EventPlace {
  readonly id: string
  readonly stream: StreamId
  readonly revision: number
}

export interface StreamSearch {
  /** Streams `<category>-...` only. */
  readonly category?: string
  /** Streams behind this one, in byte order. */
  readonly after?: StreamId
  readonly limit: number
}

export interface EventSearch {
  readonly types?: readonly string[]
  readonly stream?: StreamId
  readonly organizationId?: string
  /** Up to and with this position. */
  readonly until: Position
  readonly limit: number
}

/** Positions that no event has, both inclusive. */
export interface PositionHole {
  readonly from: Position
  readonly to: Position
}

/** A stream whose revisions do not run 0..n. */
export interface BrokenStream {
  readonly stream: StreamId
  /** The first revision that is missing, or that stands there twice. */
  readonly revision: number
}

/** What is missing in the store, of one moment. */
export interface Completeness {
  /** null: positions of this store have holes of their own, and prove nothing. `holes`: the first ones. */
  readonly positions: {
    readonly events: number
    readonly head: Position
    readonly holes: readonly PositionHole[]
  } | null
  readonly streams: number
  readonly brokenStreams: number
  /** The first ones, in byte order. */
  readonly broken: readonly BrokenStream[]
}

/**
 * What operators look up in the store and no service needs: it knows where events are, not what they say.
 * Throws StoreUnavailable; reads only.
 */
export interface EventIndex {
  /** In byte order of their names. */
  streams(search: StreamSearch): Promise<StreamSummary[]>
  /** Those of the ids that are recorded, in position order. */
  find(ids: readonly string[]): Promise<EventPlace[]>
  /** The last ones that match, however far back they lie, in position order. */
  last(search: EventSearch): Promise<EventPlace[]>
  /** Whether every event is there that was ever recorded. Looks at all places; names so many of what is missing at most. */
  completeness(namedMax: number): Promise<Completeness>
}
