import type { CommandMetadata } from '@billstream/event-sourcing-core'

/** A command that a process wants, waiting to be sent; `id` is its command id. */
export interface OutboxRow {
  readonly id: string
  readonly process: string
  /** Rows of one target go in order (`<category>-<aggregate id>`). */
  readonly target: string
  readonly context: string
  readonly type: string
  readonly data: unknown
  readonly metadata: CommandMetadata
  /** Refusal policies by code; see RefusalPolicy. */
  readonly refusals: Readonly<Record<string, string>>
  /** Real time before which it is not sent again. */
  readonly notBefore?: string
  readonly tries: number
}

export interface ProcessStateRow {
  readonly key: string
  readonly state: unknown
  /** 0: not stored yet; the commit expects it unchanged. */
  readonly version: number
}

export interface ProcessCommit {
  readonly process: string
  /** Owner context; names the sender that takes the commands. */
  readonly owner: string
  readonly inbox: readonly string[]
  readonly states: readonly ProcessStateRow[]
  readonly commands: readonly OutboxRow[]
}

/** Inbox, state and outbox of processes. */
export interface ProcessStore {
  /** Which of these events the process has handled already. */
  handled(process: string, eventIds: readonly string[]): Promise<ReadonlySet<string>>
  loadStates(process: string, keys: readonly string[]): Promise<ProcessStateRow[]>
  /** State rows, inbox rows and outbox rows in one transaction. false: somebody else changed a state or handled an event; nothing is written. */
  commit(commit: ProcessCommit): Promise<boolean>
  /** Unsent rows of an owner whose time has come, oldest first, with every row before them of the same target. */
  pending(owner: string, limit: number, now: string): Promise<OutboxRow[]>
  /**
   * After the answer; a repeat is safe. A refusal that the process ignores is counted, one that alarms is kept for operators,
   * and one that answers an operator's own command is kept until he has read it (`forgetAnswers`).
   * A retry stores `notBefore` and the row's `tries`: the sender decides what counts as a try.
   */
  settle(outcomes: readonly OutboxOutcome[]): Promise<void>
  /** Unsent rows that descend from one correlation; a test clock's step waits for none. */
  pendingOf(correlationId: string): Promise<number>
  /** Refused commands that alarmed, newest first; without those that an operator gave or has dropped. */
  alarms(limit: number): Promise<RefusedCommand[]>
  /** Refused commands that an operator has dropped, last dropped first. */
  dropped(limit: number): Promise<DroppedCommand[]>
  /** How often processes ignored a refusal, by process, command type and code. */
  ignored(): Promise<IgnoredRefusals[]>
  /** For operators: every process that has handled an event or wants a command, by name. Counts all rows. */
  overview(): Promise<ProcessOverview[]>
  /** For operators: names of the processes that have noted the event in their inbox, in order. */
  reactionsTo(eventId: string): Promise<string[]>
  /** For operators: those of the commands that are still to be sent, and those that were refused for good. */
  commandsById(ids: readonly string[]): Promise<{ open: OutboxRow[]; refused: RefusedCommand[] }>
  /**
   * For operators: lets refused commands of processes be sent again, in the order in which they were refused, as if they had never
   * been tried, dropped ones too; returns how many. A repeat is safe.
   */
  sendAgain(ids: readonly string[]): Promise<number>
  /** For operators: takes alarms away, and keeps who did it and why; returns how many. A repeat is safe. */
  drop(ids: readonly string[], drop: CommandDrop): Promise<number>
  /** Removes the refusals of commands that an operator gave; what alarmed stays. A repeat is safe. */
  forgetAnswers(ids: readonly string[]): Promise<void>
}

/** Whether an operator gave the command, and no process wants it: then a refusal is an answer to him. */
export function isOfOperator({ metadata }: Pick<OutboxRow, 'metadata'>): boolean {
  return metadata.actor.type === 'admin'
}

export interface ProcessOverview {
  readonly process: string
  /** Events that it has noted as handled. */
  readonly handled: number
  /** Commands that it wants and that are not answered yet. */
  readonly open: number
  /** The most tries of one of them. */
  readonly triesMax: number
  /** Commands that were refused and wait for an operator. */
  readonly alarms: number
  /** Refusals that it ignores, counted. */
  readonly ignored: number
}

export type OutboxOutcome =
  | { readonly kind: 'done'; readonly row: OutboxRow }
  | { readonly kind: 'ignored'; readonly row: OutboxRow; readonly code: string }
  | {
      readonly kind: 'alarm' | 'answered'
      readonly row: OutboxRow
      readonly code: string
      readonly message: string
      readonly at: string
    }
  | { readonly kind: 'retry'; readonly row: OutboxRow; readonly code: string; readonly notBefore: string }

export interface RefusedCommand {
  readonly row: OutboxRow
  readonly code: string
  readonly message: string
  readonly at: string
}

/** An operator gave a refused command up. */
export interface CommandDrop {
  readonly by: string
  readonly reason: string
  readonly at: string
}

export interface DroppedCommand extends RefusedCommand {
  readonly drop: CommandDrop
}

export interface IgnoredRefusals {
  readonly process: string
  readonly type: string
  readonly code: string
  readonly count: number
}
