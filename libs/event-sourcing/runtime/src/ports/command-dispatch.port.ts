import type { Command, CommandReply, Context } from '@billstream/event-sourcing-core'

export interface CommandRoute {
  readonly context: Context
  /** The aggregate's stream; commands of one aggregate are handled in the order sent. */
  readonly target: string
}

/** Sending a command to its owner, wherever that runs. Throws when no answer came within `timeoutMs`; a repeat is safe. */
export interface CommandDispatch {
  dispatch(route: CommandRoute, command: Command, timeoutMs?: number): Promise<CommandReply>
}
