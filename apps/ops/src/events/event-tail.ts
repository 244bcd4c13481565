import type { Position, RecordedEvent } from '@billstream/event-sourcing-core'
import type { EventFilter } from '@billstream/event-sourcing-runtime'
import { interrupted, wrongUsage } from '../console/outcome'
import { eventsBetween } from '../console/follow'
import type { Ops } from '../ops'
import { eventsAt } from './event-causes'
import { eventLine, shownEvent } from './event-text'

export interface TailOptions {
  readonly type: readonly string[]
  readonly stream?: string
  readonly organization?: string
  readonly from?: bigint
  readonly follow?: true
  readonly personal?: true
}

/** Without --from: so many of the last ones that match. */
const LAST_EVENTS = 100

/** Prints what is stored, one line each, and with --follow what comes, until Ctrl-C. */
export async function tailEvents(ops: Ops, options: TailOptions): Promise<undefined> {
  const ports = await ops.open()
  const unknown = options.type.find((type) => !ports.events.has(type))
  if (unknown !== undefined) throw wrongUsage('--type', `no contract knows an event ${unknown}.`)
  const head = await ports.eventStore.head()
  const last = options.from === undefined ? await printLast(ops, head, options) : 0
  const from = options.from ?? head
  const further = await printRange(ops, { from, to: options.follow ? undefined : head }, options)
  if (last + further > 0) return
  ops.out.note(`There are no such events${options.from === undefined ? '' : ` behind position ${from}`}.`)
}

/** The last ones that match, however far back they lie. Returns how many. */
async function printLast(ops: Ops, until: Position, options: TailOptions): Promise<number> {
  const ports = await ops.open()
  const { type: types, stream, organization: organizationId } = options
  const places = await ports.eventIndex.last({
    ...{ until, limit: LAST_EVENTS },
    ...(types.length > 0 && { types }),
    ...(stream !== undefined && { stream }),
    ...(organizationId !== undefined && { organizationId }),
  })
  const progress = ops.progress({ unit: 'events' })
  try {
    for await (const event of eventsAt(places, ports)) {
      if (ops.signal.aborted) throw interrupted(`It was broken off: --from ${event.position - 1n} goes on.`)
      print(ops, event, options)
      progress.advance(1)
    }
    if (places.length === LAST_EVENTS) ops.out.note(`These are the last ${LAST_EVENTS}; --from 0 prints all.`)
    return places.length
  } finally {
    progress.end()
  }
}

/** Everything behind a position, up to another or without an end. Returns how many. */
async function printRange(
  ops: Ops,
  { from, to }: { readonly from: Position; readonly to: Position | undefined },
  options: TailOptions,
): Promise<number> {
  const { eventStore } = await ops.open()
  const filter: EventFilter = options.type.length > 0 ? { types: options.type } : {}
  const range = { from, filter, signal: ops.signal }
  const batches = to === undefined ? eventStore.subscribe(from, range) : eventsBetween(eventStore, { ...range, to })
  const wanted = wantedBy(options)
  let [printed, reached] = [0, from]
  for await (const batch of batches) {
    const events = batch.events.filter(wanted)
    for (const event of events) print(ops, event, options)
    printed += events.length
    reached = batch.reached
  }
  if (ops.signal.aborted) throw interrupted(`It was broken off: --from ${reached} goes on.`)
  return printed
}

function wantedBy({ stream, organization }: TailOptions): (event: RecordedEvent) => boolean {
  return (event) =>
    (stream === undefined || event.stream === stream) &&
    (organization === undefined || event.metadata.organizationId === organization)
}

function print(ops: Ops, event: RecordedEvent, { personal }: TailOptions): void {
  ops.out.line(shownEvent(event, personal ? 'shown' : 'hidden'), eventLine(event))
}
