import { isAbsolute, type Goal } from './goal'
import { medianOf, spreadOf, type Spread } from './statistics'

/** Percent of CPU time that the host kept for itself, below which a round counts as quiet. */
const QUIET_STEAL_PERCENT = 2
/** The median of fewer is one round's luck. */
const ROUNDS_MIN = 3

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
  /** Why not, for a person; null: it is judged, or there is no goal. */
  readonly notJudged: string | null
}

export function isQuiet({ stealPercent }: Round): boolean {
  return stealPercent !== null && stealPercent < QUIET_STEAL_PERCENT
}

/**
 * A ratio is judged over all rounds: what slows the value slows its reference too. An absolute goal is judged over quiet rounds
 * only, and then these make the value that is shown. Either needs three. Where there are both, both must hold: one that is missed
 * decides, one that is not judged leaves the other's success open. Throws RangeError on no rounds.
 */
export function judge(goal: Goal, rounds: readonly Round[]): Judgement {
  const quiet = rounds.filter(isQuiet)
  const shown = isAbsolute(goal) && isEnough(quiet) ? quiet : rounds
  const value = spreadOf(shown.map((round) => round.value))
  const references = shown.flatMap(({ reference }) => reference ?? [])
  const ratios = rounds.flatMap((round) => (round.reference === null ? [] : round.value / round.reference))
  const ratio = ratios.length > 0 ? medianOf(ratios) : null
  const steals = rounds.flatMap(({ stealPercent }) => stealPercent ?? [])
  const met = allOf([...ratioVerdict(goal, rounds, ratio), ...absoluteVerdict(goal, quiet, value.median)])
  return {
    value,
    reference: references.length > 0 ? spreadOf(references) : null,
    ratio,
    stealPercent: steals.length > 0 ? medianOf(steals) : null,
    met,
    notJudged: met === null ? whyNotJudged(goal, rounds) : null,
  }
}

function isEnough(rounds: readonly Round[]): boolean {
  return rounds.length >= ROUNDS_MIN
}

function whyNotJudged(goal: Goal, rounds: readonly Round[]): string | null {
  if (!isEnough(rounds)) return `${rounds.length} of the ${ROUNDS_MIN} rounds that a judgement needs`
  if (!isAbsolute(goal)) return null
  if (rounds.every(({ stealPercent }) => stealPercent === null)) return 'this machine does not tell its CPU steal'
  const quiet = rounds.filter(isQuiet).length
  return `${quiet} of ${rounds.length} rounds had under ${QUIET_STEAL_PERCENT} % CPU steal, and ${ROUNDS_MIN} are needed`
}

/** None without such a goal; null: not judged. */
type Verdicts = readonly (boolean | null)[]

function ratioVerdict({ ratioMin }: Goal, rounds: readonly Round[], ratio: number | null): Verdicts {
  if (ratioMin === undefined) return []
  return [isEnough(rounds) && ratio !== null ? ratio >= ratioMin : null]
}

function absoluteVerdict(goal: Goal, quiet: readonly Round[], value: number): Verdicts {
  if (!isAbsolute(goal)) return []
  const { min = -Infinity, max = Infinity } = goal
  return [isEnough(quiet) ? value >= min && value <= max : null]
}

function allOf(verdicts: Verdicts): boolean | null {
  if (verdicts.includes(false)) return false
  return verdicts.length === 0 || verdicts.includes(null) ? null : true
}
