import type { Figure, FigureResult } from './figure'
import { judge, type Round } from './measure/judge'
import { measureRounds } from './measure/rounds'
import { numberText } from './report/table'
import type { Bench } from './world/bench'

export interface FiguresRun {
  readonly figures: readonly Figure[]
  readonly rounds: number
  readonly bench: Bench
}

const TINY = 'tiny sizes prove nothing'

/** One figure after the other, each with a world of its own. One that fails is told, and the next one goes on, but after Ctrl-C. */
export async function runFigures({ figures, rounds, bench }: FiguresRun): Promise<FigureResult[]> {
  const results: FigureResult[] = []
  for (const figure of figures) {
    bench.say(`${figure.name}:`)
    const outcome = await runFigure(figure, rounds, bench)
    if (outcome.kind !== 'measured') bench.say(`  ${outcome.reason}`)
    results.push({ figure, outcome })
  }
  return results
}

async function runFigure(figure: Figure, rounds: number, bench: Bench): Promise<FigureResult['outcome']> {
  const reason = figure.unavailable?.()
  if (reason !== undefined) return { kind: 'unavailable', reason }
  try {
    const measurement = await figure.prepare(bench)
    const told = (round: Round, number: number) => bench.say(`  round ${number}: ${roundText(round, figure.unit)}`)
    const judgement = judge(figure.goal, await measureRounds({ ...figure, rounds }, measurement, told))
    return { kind: 'measured', judgement: bench.quick ? { ...judgement, met: null, notJudged: TINY } : judgement }
  } catch (error) {
    if (bench.signal.aborted) throw error
    return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) }
  } finally {
    await bench.closers.run(bench.log)
  }
}

function roundText({ value, reference, stealPercent }: Round, unit: string): string {
  const parts = [
    `${numberText(value)} ${unit}`,
    ...(reference === null ? [] : [`reference ${numberText(reference)}`]),
    ...(stealPercent === null ? [] : [`steal ${stealPercent.toFixed(1)} %`]),
  ]
  return parts.join(', ')
}
