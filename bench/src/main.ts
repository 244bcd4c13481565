import { writeFileSync } from 'node:fs'
import { allFigures } from './figures/all-figures'
import type { BenchOptions } from './options'
import { runProgram } from './program'
import { figureTable } from './report/figure-table'
import { jsonReport } from './report/json-report'
import { surroundings } from './report/surroundings'
import { runFigures } from './run-figures'
import type { Bench } from './world/bench'

async function measure(bench: Bench, { only, json, rounds }: BenchOptions): Promise<number> {
  const figures = only.length === 0 ? allFigures : allFigures.filter(({ name }) => only.includes(name))
  const around = surroundings()
  const results = await runFigures({ figures, rounds, bench })
  const { machine, date, commit } = around
  process.stdout.write(`${figureTable(results)}\n\n${machine}\n${date}, commit ${commit}\n`)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(jsonReport(results, around), null, 2)}\n`)
  return results.some(({ outcome }) => outcome.kind === 'failed') ? 1 : 0
}

runProgram({ names: allFigures.map(({ name }) => name), measure })
