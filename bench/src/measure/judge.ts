import { isAbsolute, type Goal } from './goal'
import { medianOf, spreadOf, type Spread } from './statistics'

/** Percent of CPU time that the host kept for itself, below which a round counts as quiet. */
const QUIET_STEAL_PERCENT = 2

/** What one round has measured. */
export interface Round {
  /** In the figure's unit. */
  readonly value: number
  /** In the same unit, measured in turns with the value; null where the figure has none. */
  readonly reference: number | null
  /** null where the machine does not tell. */
  readonly stealPercent: number | null
}

export interface Judgement {
  readonly value: Spread
  readonly reference: Spread | null
  readonly ratio: number | null
  readonly stealPercent: number | null
  /** null: not judged. */
  readonly met: boolean | null
}

export function isQuiet({ stealPercent }: Round): boolean {
  return stealPercent !== null && stealPercent < QUIET_STEAL_PERCENT
}

/**
 * A ratio is judged over all rounds: what slows the value slows its reference too. An absolute goal is judged over quiet rounds
 * only, and then these make the value that is shown; without one it is not judged. Where there are both, both must hold, the
 * absolute one only when it is judged. Throws RangeError on no rounds.
 */
export function judge(goal: Goal, rounds: readonly Round[]): Judgement {
  const quiet = rounds.filter(isQuiet)
  const shown = isAbsolute(goal) && quiet.length > 0 ? quiet : rounds
  const value = spreadOf(shown.map((round) => round.value))
  const references = shown.flatMap(({ reference }) => reference ?? [])
  const ratios = rounds.flatMap((round) => (round.reference === null ? [] : round.value / round.reference))
  const ratio = ratios.length > 0 ? medianOf(ratios) : null
  const steals = rounds.flatMap(({ stealPercent }) => stealPercent ?? [])
  return {
    value,
    reference: references.length > 0 ? spreadOf(references) : null,
    ratio,
    stealPercent: steals.length > 0 ? medianOf(steals) : null,
    met: both(holdsRatio(goal, ratio), isAbsolute(goal) && quiet.length > 0 ? holdsAbsolute(goal, value.median) : null),
  }
}

function holdsRatio({ ratioMin }: Goal, ratio: number | null): boolean | null {
  return ratioMin === undefined || ratio === null ? null : ratio >= ratioMin
}

function holdsAbsolute({ min = -Infinity, max = Infinity }: Goal, value: number): boolean {
  return value >= min && value <= max
}

function both(one: boolean | null, other: boolean | null): boolean | null {
  if (one === null) return other
  return one && other !== false
}
