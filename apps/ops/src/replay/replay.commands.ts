import type { Command } from 'commander'
import { counted, verbOf } from '../console/counted'
import { interrupted, wrongUsage, type Outcome } from '../console/outcome'
import { position, subcommand } from '../console/subcommand'
import type { Ops } from '../ops'
import { replayEvents, type Replayed } from './replay-events'

interface ReplayOptions {
  readonly from: bigint
  readonly to?: bigint
  readonly type: readonly string[]
  readonly topic?: string
  readonly kafka?: string
  readonly dryRun?: true
}

/** `ops replay`: events once more, for one internal subscriber. */
export function registerReplayCommands(program: Command, ops: Ops): void {
  const each = (value: string, before: readonly string[]): readonly string[] => [...before, value]
  subcommand(program, 'replay', {
    description:
      'Publishes stored events once more, into a topic of one internal subscriber: CloudEvents as the relay sends them, keyed by stream, at least once.',
    example: 'replay --from 120000 --type InvoiceFinalized --topic finance.replay --kafka localhost:9092',
  })
    .requiredOption('--from <position>', 'everything behind this position; 0 for all', position)
    .option('--to <position>', 'up to and with this position; the end of the store otherwise', position)
    .option('--type <type>', 'events of this type only; may be given several times', each, [])
    .option('--topic <topic>', 'where they go, made where it is missing; never one of the platform itself')
    .option('--kafka <brokers>', 'host:port of the brokers, comma-separated; KAFKA_BROKERS otherwise')
    .option('--dry-run', 'count only: per type, first and last')
    .action(ops.does((options: ReplayOptions) => replay(ops, options)))
}

async function replay(ops: Ops, options: ReplayOptions): Promise<Outcome | undefined> {
  const ports = await ops.open()
  const unknown = options.type.find((type) => !ports.events.has(type))
  if (unknown !== undefined) throw wrongUsage('--type', `no contract knows an event ${unknown}.`)
  if (options.to !== undefined && options.to < options.from) throw wrongUsage('--to', 'must not lie before --from.')
  const head = await ports.eventStore.head()
  const to = options.to === undefined || options.to > head ? head : options.to
  const topic = options.dryRun ? undefined : await ops.openTopic(topicOf(options), options.kafka)
  const progress = ops.progress({ unit: 'positions', total: Number(to > options.from ? to - options.from : 0n) })
  try {
    const publish = async (events: Parameters<NonNullable<typeof topic>['publish']>[0]) => topic?.publish(events)
    const range = { from: options.from, to, types: options.type }
    const replayed = await replayEvents(range, ports, publish, { progress, signal: ops.signal })
    progress.end()
    ops.out.document(replayed, () => summaryOf(replayed, options))
    if (replayed.reached >= to) return 'ok'
    ops.out.release()
    throw interrupted(
      `It was broken off: nothing behind position ${replayed.reached}; --from ${replayed.reached} goes on.`,
    )
  } finally {
    progress.end()
    await topic?.close()
  }
}

/** The platform's own topics would take a replay for news. */
function topicOf({ topic }: ReplayOptions): string {
  if (topic === undefined) throw wrongUsage('--topic', 'is required, but for --dry-run.')
  if (!/^[\w.-]{1,249}$/.test(topic)) throw wrongUsage('--topic', `${topic} cannot be the name of a topic.`)
  if (topic.startsWith('billstream.'))
    throw wrongUsage('--topic', 'names beginning with billstream. are the platform’s own.')
  return topic
}

function summaryOf({ events, first, last, perType }: Replayed, { topic, dryRun }: ReplayOptions): string {
  const verb = dryRun ? 'would be published' : `${verbOf(events, 'was', 'were')} published to ${topic ?? ''}`
  const head = `${counted(events, 'event')} ${verb}, positions ${first ?? '-'} to ${last ?? '-'}`
  return [head, ...Object.entries(perType).map(([type, count]) => `  ${String(count).padStart(10)}  ${type}`)].join(
    '\n',
  )
}
