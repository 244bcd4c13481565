import type { RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventFilter } from '@billstream/event-sourcing-runtime'
import { interrupted, wrongUsage } from '../console/outcome'
import { eventsBetween } from '../console/follow'
import type { Ops } from '../ops'
import { eventLine, shownEvent } from './event-text'

export interface TailOptions {
  readonly type: readonly string[]
  readonly stream?: string
  readonly organization?: string
  readonly from?: bigint
  readonly follow?: true
  readonly personal?: true
}

/** Without --from: so many of the last positions. */
const LAST_POSITIONS = 100n

/** Prints what is stored, one line each, and with --follow what comes, until Ctrl-C. */
export async function tailEvents(ops: Ops, options: TailOptions): Promise<undefined> {
  const { eventStore, events } = await ops.open()
  const unknown = options.type.find((type) => !events.has(type))
  if (unknown !== undefined) throw wrongUsage('--type', `no contract knows an event ${unknown}.`)
  const head = await eventStore.head()
  const from = options.from ?? (head > LAST_POSITIONS ? head - LAST_POSITIONS : 0n)
  const filter: EventFilter = options.type.length > 0 ? { types: options.type } : {}
  const range = { from, filter, signal: ops.signal }
  const batches = options.follow ? eventStore.subscribe(from, range) : eventsBetween(eventStore, { ...range, to: head })
  const wanted = wantedBy(options)
  let [printed, reached] = [0, from]
  for await (const batch of batches) {
    const events = batch.events.filter(wanted)
    for (const event of events) print(ops, event, options)
    printed += events.length
    reached = batch.reached
  }
  if (ops.signal.aborted) throw interrupted(`It was broken off: --from ${reached} goes on.`)
  if (printed === 0) ops.out.note(`There are no such events behind position ${from}.`)
}

function wantedBy({ stream, organization }: TailOptions): (event: RecordedEvent) => boolean {
  return (event) =>
    (stream === undefined || event.stream === stream) &&
    (organization === undefined || event.metadata.organizationId === organization)
}

function print(ops: Ops, event: RecordedEvent, { personal }: TailOptions): void {
  ops.out.line(shownEvent(event, personal ? 'shown' : 'hidden'), eventLine(event))
}
