import { writeFileSync } from 'node:fs'
import { allFigures } from './figures/all-figures'
import { OptionsInvalid, readOptions, type BenchOptions } from './options'
import { runProgram } from './program'
import { figureTable } from './report/figure-table'
import { jsonReport } from './report/json-report'
import { surroundings } from './report/surroundings'
import { runFigures } from './run-figures'
import { openBench, type Bench } from './world/bench'

const WRONG_USAGE = 2

function say(what: string): void {
  process.stderr.write(`${what}\n`)
}

async function measure(bench: Bench, { only, json, rounds }: BenchOptions): Promise<number> {
  const figures = only.length === 0 ? allFigures : allFigures.filter(({ name }) => only.includes(name))
  const around = surroundings()
  const results = await runFigures({ figures, rounds, bench })
  const { machine, date, commit } = around
  process.stdout.write(`${figureTable(results)}\n\n${machine}\n${date}, commit ${commit}\n`)
  if (json !== undefined) writeFileSync(json, `${JSON.stringify(jsonReport(results, around), null, 2)}\n`)
  return results.some(({ outcome }) => outcome.kind === 'failed') ? 1 : 0
}

function main(): void {
  try {
    const options = readOptions(
      process.argv.slice(2),
      allFigures.map(({ name }) => name),
    )
    const bench = openBench({ quick: options.quick, say })
    runProgram(bench, () => measure(bench, options))
  } catch (error) {
    if (!(error instanceof OptionsInvalid)) throw error
    say(error.message)
    process.exitCode = WRONG_USAGE
  }
}

main()
