import type { FigureResult } from '../figure'
import { goalText } from '../measure/goal'
import type { Judgement } from '../measure/judge'
import type { Spread } from '../measure/statistics'
import { numberText, tableText, type Column } from './table'

const COLUMNS: readonly Column<FigureResult>[] = [
  { title: 'FIGURE', text: ({ figure }) => figure.name },
  { title: 'VALUE (MIN..MAX)', text: (result) => spreadText(judgementOf(result)?.value), align: 'right' },
  { title: 'UNIT', text: ({ figure }) => figure.unit },
  { title: 'REFERENCE', text: (result) => spreadText(judgementOf(result)?.reference), align: 'right' },
  { title: 'RATIO', text: (result) => textOr(judgementOf(result)?.ratio, (ratio) => ratio.toFixed(2)), align: 'right' },
  { title: 'GOAL', text: ({ figure }) => goalText(figure.goal, figure.unit) },
  { title: 'VERDICT', text: verdictOf },
  {
    title: 'STEAL',
    text: (result) => textOr(judgementOf(result)?.stealPercent, (steal) => `${steal.toFixed(1)} %`),
    align: 'right',
  },
]

/** One line per figure; what could not run or was not judged is named below, with the reason. */
export function figureTable(results: readonly FigureResult[]): string {
  const reasons = results.flatMap((result) => {
    const reason = reasonOf(result)
    return reason === null ? [] : [`${result.figure.name}: ${reason}`]
  })
  return [tableText(COLUMNS, results), ...reasons].join('\n')
}

function reasonOf({ outcome }: FigureResult): string | null {
  if (outcome.kind !== 'measured') return outcome.reason
  const { notJudged } = outcome.judgement
  return notJudged === null ? null : `not judged: ${notJudged}`
}

function judgementOf({ outcome }: FigureResult): Judgement | undefined {
  return outcome.kind === 'measured' ? outcome.judgement : undefined
}

function verdictOf({ outcome }: FigureResult): string {
  switch (outcome.kind) {
    case 'unavailable':
      return 'not run'
    case 'failed':
      return 'failed'
    case 'measured':
      if (outcome.judgement.met === null) return 'not judged'
      return outcome.judgement.met ? 'met' : 'missed'
  }
}

function spreadText(spread: Spread | null | undefined): string {
  return textOr(spread, ({ median, min, max }) => `${numberText(median)} (${numberText(min)}..${numberText(max)})`)
}

function textOr<T>(value: T | null | undefined, text: (value: T) => string): string {
  return value === null || value === undefined ? '-' : text(value)
}
