import type { Decider, Position, RecordedEvent } from '@billstream/event-sourcing-core'

/** How many command ids a stream remembers; a repeat older than these is held off by identity or state alone. */
export const REMEMBERED_COMMANDS_MAX = 1_000

/** What a command did, so that its repeat gets the same answer. */
export interface CommandEffect {
  readonly position: Position
  readonly types: readonly string[]
}

/** A stream folded: the aggregate's state, where it stands, and the commands that made it. */
export interface FoldedStream<State = unknown> {
  readonly state: State
  /** -1: no events. */
  readonly revision: number
  /** Of its last event; 0n without one. */
  readonly position: Position
  /** Whose it is; undefined without an event. */
  readonly organizationId: string | undefined
  readonly commands: ReadonlyMap<string, CommandEffect>
  /** Commands that may no longer append: their claim was taken over. */
  readonly abandoned: ReadonlySet<string>
}

export function emptyStream<State>(decider: Decider<State>): FoldedStream<State> {
  return {
    state: decider.initial,
    revision: -1,
    position: 0n,
    organizationId: undefined,
    commands: new Map(),
    abandoned: new Set(),
  }
}

export function foldRecorded<State>(
  decider: Decider<State>,
  folded: FoldedStream<State>,
  events: readonly RecordedEvent[],
): FoldedStream<State> {
  if (events.length === 0) return folded
  let { state, revision, position } = folded
  const commands = new Map(folded.commands)
  const abandoned = new Set(folded.abandoned)
  for (const event of events) {
    if (event.type === 'CreationAbandoned') abandoned.add((event.data as { commandId: string }).commandId)
    else {
      state = decider.evolve(state, event)
      remember(commands, event)
    }
    revision = event.revision
    position = event.position
  }
  const organizationId = folded.organizationId ?? events[0]?.metadata.organizationId
  return { state, revision, position, organizationId, commands, abandoned }
}

function remember(commands: Map<string, CommandEffect>, event: RecordedEvent): void {
  const { commandId } = event.metadata
  const known = commands.get(commandId)
  commands.delete(commandId)
  commands.set(commandId, { position: event.position, types: [...(known?.types ?? []), event.type] })
  if (commands.size > REMEMBERED_COMMANDS_MAX) {
    const oldest = commands.keys().next()
    if (!oldest.done) commands.delete(oldest.value)
  }
}
