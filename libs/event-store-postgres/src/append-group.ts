import type {
  Appended,
  EventStore,
  ExpectedRevision,
  SerializedEvent,
  StreamId,
} from '@billstream/event-sourcing-runtime'
import { ok, refuse } from '@billstream/kernel'
import type { StoreDatabase } from './store-database'
import { asRecorded, type StoredEvent } from './stored-event'

export type AppendResult = Awaited<ReturnType<EventStore['append']>>

export interface AppendRequest {
  readonly stream: StreamId
  readonly expected: ExpectedRevision
  readonly events: readonly SerializedEvent[]
}

export interface GroupOutcome {
  /** One answer for each request, in their order. */
  readonly results: readonly AppendResult[]
  /** Everything that was recorded, in position order without holes. */
  readonly recorded: readonly StoredEvent[]
}

// Beyond every revision; store.append knows the same two.
const ANY = -2_147_483_648
const STREAM_EXISTS = -2_147_483_647

const APPEND = {
  name: 'store_append',
  text: `select append, outcome, revision, last_position, recorded_at
           from store.append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) order by append`,
}

interface Answer {
  readonly append: number
  readonly outcome: 'appended' | 'revision_conflict' | 'event_exists'
  /** The stream's revision before the append. */
  readonly revision: number
  readonly last_position: string | null
  readonly recorded_at: string
}

/**
 * Appends of different streams in one statement; each has its own answer. Streams and event ids must differ among them.
 * Throws StoreUnavailable: then nothing or everything may have been recorded.
 */
export async function appendGroup(
  pipeline: StoreDatabase['pipeline'],
  requests: readonly AppendRequest[],
): Promise<GroupOutcome> {
  const answers = await pipeline.query<Answer>({ ...APPEND, values: parameters(requests) })
  const results: AppendResult[] = []
  const recorded: StoredEvent[] = []
  for (const [index, request] of requests.entries()) {
    const answer = answers[index]
    if (answer?.append !== index + 1) throw new Error('The store answered for other appends than were asked.')
    const events = recordedBy(answer, request)
    recorded.push(...events)
    results.push(resultOf(answer, request, events))
  }
  return { results, recorded }
}

function parameters(requests: readonly AppendRequest[]) {
  const events = requests.flatMap((request) => request.events)
  return [
    requests.map(({ stream }) => stream),
    requests.map(({ expected }) => revisionOf(expected)),
    requests.flatMap((request, index) => request.events.map(() => index + 1)),
    requests.flatMap((request) => request.events.map((_, index) => index + 1)),
    events.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ schemaVersion }) => schemaVersion),
    events.map(({ bytes }) => bytes),
    events.map(({ organizationId }) => organizationId),
    events.map(({ correlationId }) => correlationId),
    // JSON text has no line break, so lines spare the quoting of an array.
    events.map(({ data }) => data).join('\n'),
    events.map(({ metadata }) => metadata).join('\n'),
  ]
}

function revisionOf(expected: ExpectedRevision): number {
  switch (expected) {
    case 'any':
      return ANY
    case 'stream-exists':
      return STREAM_EXISTS
    case 'no-stream':
      return -1
    default:
      return expected
  }
}

function recordedBy(answer: Answer, { stream, events }: AppendRequest): StoredEvent[] {
  if (answer.last_position === null) return []
  const first = BigInt(answer.last_position) - BigInt(events.length - 1)
  return events.map((event, index) =>
    asRecorded(event, {
      stream,
      revision: answer.revision + 1 + index,
      position: first + BigInt(index),
      recordedAt: answer.recorded_at,
    }),
  )
}

function resultOf(answer: Answer, { stream, events }: AppendRequest, recorded: readonly StoredEvent[]): AppendResult {
  switch (answer.outcome) {
    case 'appended': {
      const appended: Appended = {
        revision: answer.revision + events.length,
        position: BigInt(answer.last_position ?? 0),
        events: recorded.map(({ event }) => event),
      }
      return ok(appended)
    }
    case 'event_exists':
      return refuse('event_exists', 'An event of this append is recorded already.')
    case 'revision_conflict':
      return refuse('revision_conflict', `${stream} is at revision ${answer.revision}.`)
  }
}
