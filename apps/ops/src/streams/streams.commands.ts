import type { Command } from 'commander'
import type { RecordedEvent } from '@billstream/event-sourcing-core'
import type { StreamSummary } from '@billstream/event-sourcing-runtime'
import { refused } from '../console/outcome'
import type { Column } from '../console/output'
import { commandGroup, subcommand, wholeNumber } from '../console/subcommand'
import { shownEvent } from '../events/event-text'
import type { Ops } from '../ops'

const LIST_DEFAULT = 50
const LIST_MAX = 10_000

const SUMMARY: readonly Column<StreamSummary>[] = [
  { title: 'STREAM', value: ({ stream }) => stream },
  { title: 'EVENTS', value: ({ events }) => events, align: 'right' },
  { title: 'LAST EVENT', value: ({ lastType }) => lastType },
  { title: 'RECORDED', value: ({ lastRecordedAt }) => lastRecordedAt },
  { title: 'POSITION', value: ({ lastPosition }) => lastPosition, align: 'right' },
  { title: 'ORGANIZATION', value: ({ organizationId }) => organizationId },
]
const EVENT: readonly Column<RecordedEvent>[] = [
  { title: 'REVISION', value: ({ revision }) => revision, align: 'right' },
  { title: 'TYPE', value: ({ type }) => type },
  { title: 'RECORDED', value: ({ recordedAt }) => recordedAt },
  { title: 'POSITION', value: ({ position }) => position, align: 'right' },
  { title: 'EVENT', value: ({ id }) => id },
  { title: 'DATA', value: ({ data }) => JSON.stringify(data) },
]

interface ListOptions {
  readonly category?: string
  readonly after?: string
  readonly limit: number
}

interface ShowOptions {
  readonly from: number
  readonly limit: number
  readonly personal?: true
}

/** `ops streams ...`: what the store is made of. */
export function registerStreamsCommands(program: Command, ops: Ops): void {
  const group = commandGroup(program, 'streams', 'the streams of the event store')
  const limit = wholeNumber({ min: 1, max: LIST_MAX })
  subcommand(group, 'list', {
    description: 'Lists streams in the order of their names, each with its last event.',
    example: 'streams list --category invoice --limit 20',
  })
    .option('--category <category>', 'streams <category>-... only, such as invoice')
    .option('--after <stream>', 'streams behind this one: the next page')
    .option('--limit <count>', 'at most so many', limit, LIST_DEFAULT)
    .action(ops.does((options: ListOptions) => listStreams(ops, options)))
  subcommand(group, 'show <stream>', {
    description: 'Shows the events of a stream.',
    example: 'streams show invoice-0197a3c2-5a10-7000-8000-0123456789ab',
  })
    .option('--from <revision>', 'from this revision on', wholeNumber({ min: 0, max: 2 ** 31 - 1 }), 0)
    .option('--limit <count>', 'at most so many', limit, LIST_DEFAULT)
    .option('--personal', 'with personal data, which is hidden otherwise')
    .action(ops.does((stream: string, options: ShowOptions) => showStream(ops, stream, options)))
}

async function listStreams(ops: Ops, { limit, category, after }: ListOptions): Promise<undefined> {
  const { eventIndex } = await ops.open()
  const streams = await eventIndex.streams({
    limit,
    ...(category !== undefined && { category }),
    ...(after !== undefined && { after }),
  })
  ops.out.table(streams, SUMMARY, 'There are no such streams.')
  const last = streams.at(-1)
  if (streams.length === limit && last) ops.out.note(`There may be more: --after ${last.stream}`)
}

async function showStream(ops: Ops, stream: string, { from, limit, personal }: ShowOptions): Promise<undefined> {
  const { eventStore } = await ops.open()
  const events: RecordedEvent[] = []
  for await (const event of eventStore.read(stream, { fromRevision: from, limit })) {
    events.push(shownEvent(event, personal ? 'shown' : 'hidden'))
  }
  if (events.length === 0 && from === 0) throw refused(`STREAM: there is no stream ${stream}.`)
  ops.out.table(events, EVENT, `The stream has no events from revision ${from} on.`)
  if (events.length === limit) ops.out.note(`There may be more: --from ${from + limit}`)
}
