import type { Result } from '@billstream/kernel'
import type { CommandDescriptor } from './command-definition'
import type { EventDescriptor } from './event-definition'
import type { Command, DomainEvent } from './message'

/** A unique business key within an organization (`customer external_id`), held on a stream of its own. */
export interface Claim {
  readonly kind: string
  readonly key: string
  /** `global`: unique over all organizations; absent: within the organization. */
  readonly scope?: 'global'
}

/**
 * An aggregate: data plus pure functions. `decide` gives the facts or a refusal; `evolve` never refuses, the fact has happened.
 * `initial` is the state before the first event.
 */
export interface Decider<State, C extends Command = Command, E extends DomainEvent = DomainEvent> {
  readonly category: string
  readonly commands: readonly CommandDescriptor[]
  readonly events: readonly EventDescriptor[]
  readonly initial: State
  /** Raise it whenever `evolve` or the state's shape changes: older snapshots are then dropped. */
  readonly foldVersion: number
  decide(command: C, state: State): Result<readonly E[]>
  evolve(state: State, event: E): State
  /** The unique keys that this state holds. Claimed before the events that add them, freed after the events that drop them. */
  claims?(state: State): readonly Claim[]
  /** The refusal when a claim is taken, e.g. `external_id_taken` at `external_id`. */
  claimTaken?(claim: Claim): { code: string; message: string; field: string }
}

export function foldEvents<State, E extends DomainEvent>(
  decider: { initial: State; evolve(state: State, event: E): State },
  events: Iterable<E>,
): State {
  let state = decider.initial
  for (const event of events) state = decider.evolve(state, event)
  return state
}
