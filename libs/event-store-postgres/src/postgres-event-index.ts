import type {
  Completeness,
  EventIndex,
  EventPlace,
  EventSearch,
  StreamSearch,
  StreamSummary,
} from '@billstream/event-sourcing-runtime'
import type { StoreDatabase } from './store-database'
import { storeCompleteness } from './store-completeness'

/** Jumps from name to name in the index of (stream, revision): the cost is that of the streams listed. */
const STREAMS = {
  name: 'store_index_streams',
  text: `
    with recursive names as (
      (select stream from store.events where stream > $1 and ($2::text is null or stream < $2) order by stream limit 1)
      union all
      select (select e.stream from store.events e
               where e.stream > names.stream and ($2::text is null or e.stream < $2) order by e.stream limit 1)
        from names where names.stream is not null
    ), listed as (select names.stream from names where names.stream is not null limit $3)
    select listed.stream, last.organization_id as "organizationId", last.revision + 1 as events, last.type as "lastType",
           last.position as "lastPosition", last.recorded_at as "lastRecordedAt"
      from listed cross join lateral (
        select * from store.events e where e.stream = listed.stream order by e.revision desc limit 1) last
     order by listed.stream`,
}
const PLACES = {
  name: 'store_index_places',
  text: 'select id, stream, revision from store.events where id = any ($1::uuid[]) order by position',
}

/** From the end backwards, by the index of positions or, within a stream, of revisions: as far as the last match lies back. */
const LAST = `
  select id, stream, revision from (
    select id, stream, revision, position from store.events
     where position <= $1 and ($2::text[] is null or type = any ($2)) and ($3::text is null or organization_id = $3)`
const LAST_OF_ALL = { text: `${LAST} order by position desc limit $4) last order by position` }
const LAST_OF_STREAM = { text: `${LAST} and stream = $5 order by revision desc limit $4) last order by position` }

type SummaryRow = Omit<StreamSummary, 'lastPosition'> & { readonly lastPosition: string }

/** Looks events up by the indexes that appending needs anyway. */
export class PostgresEventIndex implements EventIndex {
  constructor(private readonly worker: StoreDatabase['worker']) {}

  async streams({ category, after = '', limit }: StreamSearch): Promise<StreamSummary[]> {
    // In byte order "." comes right behind "-": between the two lie all streams of the category.
    const first = category === undefined ? '' : `${category}-`
    const behind = category === undefined ? null : `${category}.`
    const from = Buffer.compare(Buffer.from(after), Buffer.from(first)) > 0 ? after : first
    const rows = await this.worker.query<SummaryRow>({ ...STREAMS, values: [from, behind, limit] })
    return rows.map((row) => ({ ...row, lastPosition: BigInt(row.lastPosition) }))
  }

  async find(ids: readonly string[]): Promise<EventPlace[]> {
    if (ids.length === 0) return []
    return this.worker.query<EventPlace>({ ...PLACES, values: [ids] })
  }

  async last({ types, organizationId, stream, until, limit }: EventSearch): Promise<EventPlace[]> {
    const values = [until.toString(), types ?? null, organizationId ?? null, limit]
    if (stream === undefined) return this.worker.query<EventPlace>({ ...LAST_OF_ALL, values })
    return this.worker.query<EventPlace>({ ...LAST_OF_STREAM, values: [...values, stream] })
  }

  async completeness(namedMax: number): Promise<Completeness> {
    return storeCompleteness((text) => this.worker.query<Record<string, unknown>>({ text }), namedMax)
  }
}
