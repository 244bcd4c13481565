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
}
