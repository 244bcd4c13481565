import type { RecordedEvent } from '@billstream/event-sourcing-core'
import type { Delivery, OutboxRow, RefusedCommand, Timer, WorkItem } from '@billstream/event-sourcing-runtime'
import type { OpsPorts } from '../ops'
import { eventIdOf, eventsById, processCommandId } from './event-causes'

/** One thing that followed from an event. */
export type Effect =
  | { readonly kind: 'event'; readonly by: string; readonly event: RecordedEvent; readonly effects: readonly Effect[] }
  | { readonly kind: 'wanted'; readonly command: OutboxRow }
  | { readonly kind: 'refused'; readonly command: RefusedCommand }
  | { readonly kind: 'noted'; readonly process: string }
  | { readonly kind: 'timer'; readonly timer: Timer }
  | { readonly kind: 'work'; readonly item: WorkItem }
  | { readonly kind: 'delivery'; readonly delivery: Delivery }

/** Commands that one reaction of a process wants, as far as they are looked for. */
const COMMANDS_PER_REACTION_MAX = 200
/** Events of one command, as far as they are looked for. */
const EVENTS_PER_COMMAND_MAX = 20
/** Later events of the same stream among which effects are looked for. */
const SAME_STREAM_MAX = 500
const TIMERS_MAX = 100

/** How much of the tree is drawn; beyond it is left out, and said so. */
export interface TreeBounds {
  readonly depthMax: number
  /** Events in all. */
  readonly eventsMax: number
}

export interface EffectTree {
  readonly effects: readonly Effect[]
  /** Whether the bounds cut something off. */
  readonly isCut: boolean
}

/**
 * Everything that followed from an event, down to webhook deliveries. The ids of what a process wants are derived from the
 * event, so effects are looked up by id; nothing is scanned.
 */
export async function effectsOf(event: RecordedEvent, ports: OpsPorts, bounds: TreeBounds): Promise<EffectTree> {
  const finder = new EffectFinder(ports, bounds, new Set([event.id]))
  return { effects: await finder.of(event, 1), isCut: finder.isCut }
}

class EffectFinder {
  isCut = false

  constructor(
    private readonly ports: OpsPorts,
    private readonly bounds: TreeBounds,
    private readonly seen: Set<string>,
  ) {}

  async of(event: RecordedEvent, depth: number): Promise<Effect[]> {
    const reactions: Effect[] = []
    for (const process of await this.ports.processes.reactionsTo(event.id)) {
      reactions.push(...(await this.reaction(process, event, depth)))
    }
    const later = await this.laterOfItsStream(event)
    return [
      ...reactions,
      ...(await this.unseen('', later, depth)),
      ...(await this.timersOf(event)),
      ...(await this.workOf(event)),
      ...(await this.ports.deliveries.ofEvent(event.id)).map((delivery): Effect => ({ kind: 'delivery', delivery })),
    ]
  }

  private async reaction(process: string, event: RecordedEvent, depth: number): Promise<Effect[]> {
    const commandIds = range(COMMANDS_PER_REACTION_MAX).map((index) => processCommandId(process, event.id, index))
    const { open, refused } = await this.ports.processes.commandsById(commandIds)
    const events = await this.eventsOfCommands(commandIds)
    const found: Effect[] = [
      ...(await this.unseen(process, events, depth)),
      ...open.map((command): Effect => ({ kind: 'wanted', command })),
      ...refused.map((command): Effect => ({ kind: 'refused', command })),
    ]
    return found.length > 0 ? found : [{ kind: 'noted', process }]
  }

  private async eventsOfCommands(commandIds: readonly string[]): Promise<RecordedEvent[]> {
    const first = await eventsById(
      commandIds.map((id) => eventIdOf(id, 0)),
      this.ports,
    )
    const further = first.flatMap(({ metadata }) =>
      range(EVENTS_PER_COMMAND_MAX - 1).map((index) => eventIdOf(metadata.commandId, index + 1)),
    )
    return [...first, ...(await eventsById(further, this.ports))].sort((a, b) => (a.position < b.position ? -1 : 1))
  }

  /** What a timer or a worker did because of the event, it did to the same aggregate. */
  private async laterOfItsStream({ id, stream, revision }: RecordedEvent): Promise<RecordedEvent[]> {
    const caused: RecordedEvent[] = []
    const options = { fromRevision: revision + 1, limit: SAME_STREAM_MAX }
    for await (const later of this.ports.eventStore.read(stream, options)) {
      if (later.metadata.causationId === id) caused.push(later)
    }
    return caused
  }

  private async unseen(by: string, events: readonly RecordedEvent[], depth: number): Promise<Effect[]> {
    const effects: Effect[] = []
    for (const event of events) {
      if (this.seen.has(event.id)) continue
      if (depth > this.bounds.depthMax || this.seen.size >= this.bounds.eventsMax) {
        this.isCut = true
        break
      }
      this.seen.add(event.id)
      const { actor } = event.metadata
      const effect = { kind: 'event', by: by || `${actor.type} ${actor.id}`, event } as const
      effects.push({ ...effect, effects: await this.of(event, depth + 1) })
    }
    return effects
  }

  private async timersOf({ id, stream }: RecordedEvent): Promise<Effect[]> {
    const timers = await this.ports.timers.list({ aggregateId: aggregateOf(stream), limit: TIMERS_MAX })
    return timers.filter(({ causationId }) => causationId === id).map((timer): Effect => ({ kind: 'timer', timer }))
  }

  private async workOf({ id, metadata }: RecordedEvent): Promise<Effect[]> {
    const items = await this.ports.workQueue.pendingOf(metadata.correlationId)
    return items
      .filter(({ payload }) => JSON.stringify(payload).includes(id))
      .map((item): Effect => ({ kind: 'work', item }))
  }
}

/** Streams are `<category>-<aggregate id>`, the id being a UUID; a category may hold hyphens itself. */
const UUID_LENGTH = 36
function aggregateOf(stream: string): string {
  return stream.slice(-UUID_LENGTH)
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index)
}
