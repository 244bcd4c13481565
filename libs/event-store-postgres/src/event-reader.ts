import type { Position, RecordedEvent } from '@billstream/event-sourcing-core'
import {
  Collected,
  type EventBatch,
  type EventFilter,
  type ReadOptions,
  type StreamId,
} from '@billstream/event-sourcing-runtime'
import type { StoreDatabase } from './store-database'
import { EVENT_COLUMNS, fromRow, type EventRow, type StoredEvent } from './stored-event'

const PAGE_EVENTS_MAX = 500
const PAGE_BYTES_WANTED = 4_000_000
/** Of each stream, when the beginnings of several are read together. */
const COLLECTED_EVENTS_MAX = 25
/** Positions that one read of a filtered subscription looks through at most. */
const WINDOW_POSITIONS = 20_000n

const STREAM = {
  name: 'store_read_stream',
  text: `select ${EVENT_COLUMNS} from store.events where stream = $1 and revision >= $2 order by revision limit $3`,
}
const STREAMS = {
  name: 'store_read_streams',
  text: `
    select asked.place::int as asked, event.*
      from unnest($1::text[], $2::int[], $3::int[]) with ordinality as asked (stream, first, count, place)
     cross join lateral (
       select ${EVENT_COLUMNS} from store.events
        where stream = asked.stream and revision >= asked.first order by revision limit asked.count) as event`,
}
const AFTER = {
  name: 'store_read_after',
  text: `select ${EVENT_COLUMNS} from store.events where position > $1 order by position limit $2`,
}
const WINDOW = {
  name: 'store_read_window',
  text: `select ${EVENT_COLUMNS} from store.events
          where position > $1 and position <= $2
            and ($3::text[] is null or type = any ($3))
            and ($4::text[] is null or split_part(stream, '-', 1) = any ($4))
          order by position limit $5`,
}
const HEAD = { name: 'store_head', text: 'select coalesce(max(position), 0) as head from store.events' }

/** The events of a stream from a revision on, at most so many. */
interface StreamPage {
  readonly stream: StreamId
  readonly from: number
  readonly count: number
}

/** Reads of the store, in pages; what one turn of the event loop asks of several streams is one read. Everything throws StoreUnavailable when the server is away. */
export class EventReader {
  private readonly heads = new Collected<undefined, Position>(
    () => 'head',
    (asks) => this.readHead().then((head) => asks.map(() => head)),
  )
  private readonly pages = new Collected<StreamPage, { rows: EventRow[]; isLast: boolean }>(
    () => 'streams',
    (asks) => this.readPages(asks),
  )

  constructor(private readonly worker: StoreDatabase['worker']) {}

  head(): Promise<Position> {
    return this.heads.ask(undefined)
  }

  private async readHead(): Promise<Position> {
    const [row] = await this.worker.query<{ head: string }>(HEAD)
    return BigInt(row?.head ?? 0)
  }

  async *stream(stream: StreamId, options: ReadOptions = {}): AsyncIterable<RecordedEvent> {
    let from = options.fromRevision ?? 0
    let left = options.limit ?? Number.POSITIVE_INFINITY
    let page = PAGE_EVENTS_MAX
    while (left > 0) {
      const { rows, isLast } = await this.pages.ask({ stream, from, count: Math.min(page, left) })
      for (const row of rows) yield fromRow(row).event
      if (isLast) return
      from += rows.length
      left -= rows.length
      page = nextPage(rows.map(fromRow), PAGE_EVENTS_MAX)
    }
  }

  private async readPages(asks: readonly StreamPage[]): Promise<{ rows: EventRow[]; isLast: boolean }[]> {
    const [only] = asks
    if (only && asks.length === 1) {
      const { stream, from, count } = only
      const rows = await this.worker.query<EventRow>({ ...STREAM, values: [stream, from, count] })
      return [{ rows, isLast: rows.length < count }]
    }
    const counts = asks.map(({ count }) => Math.min(count, COLLECTED_EVENTS_MAX))
    const values = [asks.map(({ stream }) => stream), asks.map(({ from }) => from), counts]
    const pages = asks.map((): EventRow[] => [])
    for (const row of await this.worker.query<EventRow & { asked: number }>({ ...STREAMS, values })) {
      pages[row.asked - 1]?.push(row)
    }
    return pages.map((rows, index) => ({ rows, isLast: rows.length < (counts[index] ?? 0) }))
  }

  /** The next events of all streams; fewer than `limit` only at the end. */
  async after(position: Position, limit: number): Promise<StoredEvent[]> {
    const rows = await this.worker.query<EventRow>({ ...AFTER, values: [position, limit] })
    return rows.map(fromRow)
  }

  /** A part of what a filter lets pass between two positions, and how many to ask for the next time. */
  async window(
    range: { after: Position; end: Position },
    filter: EventFilter | undefined,
    limit: number,
    batchMax: number,
  ): Promise<{ batch: EventBatch; nextLimit: number }> {
    const end = range.end < range.after + WINDOW_POSITIONS ? range.end : range.after + WINDOW_POSITIONS
    const values = [range.after, end, filter?.types ?? null, filter?.categories ?? null, limit]
    const stored = (await this.worker.query<EventRow>({ ...WINDOW, values })).map(fromRow)
    const last = stored.length === limit ? stored.at(-1)?.event.position : end
    return {
      batch: { events: stored.map(({ event }) => event), reached: last ?? end },
      nextLimit: nextPage(stored, batchMax),
    }
  }
}

/** As many events as will be about PAGE_BYTES_WANTED, if the next ones are like the last: large events come in small pages. */
export function nextPage(events: readonly StoredEvent[], max: number): number {
  const bytes = events.reduce((sum, event) => sum + event.bytes, 0)
  if (bytes === 0) return max
  return Math.max(1, Math.min(max, Math.floor((PAGE_BYTES_WANTED * events.length) / bytes)))
}
