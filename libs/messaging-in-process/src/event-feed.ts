import type { Context, EventRegistry, Position, RecordedEvent } from '@billstream/event-sourcing-core'
import {
  PositionsWanted,
  runUntilAborted,
  type PlatformPorts,
  type ProgressBoard,
} from '@billstream/event-sourcing-runtime'
import { fromCloudEvent, toCloudEvent, topics } from '@billstream/messaging'
import type { InProcessBus } from './in-process-bus'

/** How often the positions are saved unless they are asked for, in milliseconds; what comes again after a crash is recognised by the inbox. */
const SAVE_EVERY_MS = 1_000
const FEED_BATCH_MAX = 500

type FeedPorts = Pick<PlatformPorts, 'eventStore' | 'checkpoints' | 'leases' | 'bells' | 'log' | 'sleeper' | 'clock'>

/** Name of a group's feed on the progress board. */
export function feedProgress(group: Context): string {
  return `feed:${group}`
}

/**
 * The relay of one process: hands the store's events to the consumers of a context, in order and at least once.
 * The position moves only past what was handled, so a crash loses nothing.
 */
export async function runEventFeed(
  group: { context: Context; types: readonly string[] },
  bus: Pick<InProcessBus, 'request'>,
  ports: FeedPorts & { events: EventRegistry; board: ProgressBoard },
  stop: AbortSignal,
): Promise<void> {
  const name = feedProgress(group.context)
  await runUntilAborted(name, stop, ports, () =>
    ports.leases.hold(name, stop, async (signal) => {
      const wanted = new PositionsWanted(ports.bells, ports.clock)
      try {
        await follow(group, bus, { ...ports, wanted }, signal)
      } finally {
        wanted.close()
      }
    }),
  )
}

async function follow(
  group: { context: Context; types: readonly string[] },
  bus: Pick<InProcessBus, 'request'>,
  ports: FeedPorts & { events: EventRegistry; board: ProgressBoard; wanted: PositionsWanted },
  signal: AbortSignal,
): Promise<void> {
  const name = feedProgress(group.context)
  let position = await ports.checkpoints.load(name)
  let savedAt = Date.parse(ports.clock.now())
  const save = async (reached: Position) => {
    await ports.checkpoints.save(new Map([[name, reached]]))
    savedAt = Date.parse(ports.clock.now())
  }
  ports.board.set(name, position)
  const options = { filter: { types: group.types }, signal, batchMax: FEED_BATCH_MAX }
  for await (const batch of ports.wanted.between(ports.eventStore.subscribe(position, options))) {
    const sent = batch?.events.flatMap((event) => published(event, ports.events)) ?? []
    if (sent.length > 0) await bus.request(topics.feed(group.context), sent)
    position = batch?.reached ?? position
    ports.board.set(name, position)
    if (ports.wanted.isNow() || Date.parse(ports.clock.now()) - savedAt >= SAVE_EVERY_MS) await save(position)
  }
  await save(position)
}

/** As a subscriber of any transport would get it; internal events are not published. */
function published(event: RecordedEvent, registry: EventRegistry): RecordedEvent[] {
  if (!registry.has(event.type)) return []
  const descriptor = registry.get(event.type)
  return descriptor.internal ? [] : [fromCloudEvent(toCloudEvent(event, descriptor))]
}
