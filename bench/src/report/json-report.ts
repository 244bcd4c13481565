import type { FigureResult } from '../figure'
import { goalText } from '../measure/goal'
import { medianOf } from '../measure/statistics'
import type { Surroundings } from './surroundings'

interface JsonFigure {
  readonly name: string
  /** null: it could not run. */
  readonly value: number | null
  readonly unit: string
  readonly reference: number | null
  readonly ratio: number | null
  readonly goal: string
  /** null: not judged. */
  readonly met: boolean | null
}

export interface JsonReport extends Surroundings {
  readonly figures: readonly JsonFigure[]
  /** Percent; the median of the figures'. null: the machine does not tell. */
  readonly steal: number | null
}

export function jsonReport(results: readonly FigureResult[], surroundings: Surroundings): JsonReport {
  const steals = results.flatMap(({ outcome }) =>
    outcome.kind === 'measured' ? (outcome.judgement.stealPercent ?? []) : [],
  )
  return {
    figures: results.map(figureOf),
    ...surroundings,
    steal: steals.length > 0 ? medianOf(steals) : null,
  }
}

function figureOf({ figure, outcome }: FigureResult): JsonFigure {
  const { name, unit } = figure
  const goal = goalText(figure.goal, unit)
  if (outcome.kind !== 'measured') return { name, unit, goal, ...NOT_MEASURED }
  const { value, reference = null, ratio, met } = outcome.judgement
  return { name, value: value.median, unit, reference: reference === null ? null : reference.median, ratio, goal, met }
}

const NOT_MEASURED = { value: null, reference: null, ratio: null, met: null }
