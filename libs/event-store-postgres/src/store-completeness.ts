import type { Completeness } from '@billstream/event-sourcing-runtime'

/** Both in the order of an index, so that the table is not sorted, and as of one moment. */
const completenessSql = (namedMax: number) => `
  with neighbours as (
    select position, lag(position, 1, 0::bigint) over (order by position) as before from store.events
  ), holes as (select before + 1 as "from", position - 1 as "to" from neighbours where position > before + 1
  ), places as (
    select stream, revision, row_number() over (partition by stream order by revision) - 1 as place from store.events
  ), streams as (
    select stream, min(least(revision, place)) filter (where revision <> place) as revision from places group by stream
  ), broken as (select stream, revision::float8 from streams where revision is not null)
  select (select count(*) from store.events)::float8 as events,
         (select coalesce(max(position), 0) from store.events)::text as head,
         (select coalesce(json_agg(json_build_object('from', "from"::text, 'to', "to"::text)), '[]')
            from (select * from holes order by "from" limit ${namedMax}) as first) as holes,
         (select count(*) from streams)::float8 as streams,
         (select count(*) from broken)::float8 as "brokenStreams",
         (select coalesce(json_agg(first), '[]') from (select * from broken order by stream limit ${namedMax}) as first) as broken`

interface Row extends Pick<Completeness, 'streams' | 'brokenStreams' | 'broken'> {
  readonly events: number
  readonly head: string
  readonly holes: readonly { readonly from: string; readonly to: string }[]
}

type Complete = Completeness & { readonly positions: NonNullable<Completeness['positions']> }

/**
 * What is missing in the store behind `query`, which runs one statement: of a platform, or of a server that a backup was
 * unpacked into. namedMax: a whole number.
 */
export async function storeCompleteness(
  query: (text: string) => Promise<readonly Record<string, unknown>[]>,
  namedMax: number,
): Promise<Complete> {
  const [row] = await query(completenessSql(namedMax))
  const { events, head, holes, streams, brokenStreams, broken } = row as unknown as Row
  const named = holes.map(({ from, to }) => ({ from: BigInt(from), to: BigInt(to) }))
  return { positions: { events, head: BigInt(head), holes: named }, streams, brokenStreams, broken }
}
