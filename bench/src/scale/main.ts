import { writeFileSync } from 'node:fs'
import type { BenchOptions } from '../options'
import { runProgram } from '../program'
import { surroundings } from '../report/surroundings'
import type { Bench } from '../world/bench'
import { growingWorks } from './growing-work'
import { growthTable } from './growth-table'
import { measureGrowth, type Growth } from './measure-growth'

async function measure(bench: Bench, { only, json, rounds }: BenchOptions): Promise<number> {
  const works = only.length === 0 ? growingWorks : growingWorks.filter(({ name }) => only.includes(name))
  const around = surroundings()
  const growths: Growth[] = []
  for (const work of works) growths.push(await measureGrowth(work, rounds, bench))
  const { machine, date, commit } = around
  process.stdout.write(`${growthTable(growths)}\n\n${machine}\n${date}, commit ${commit}\n`)
  const growth = growths.map(({ work: { name, unit }, ...measured }) => ({ name, unit, ...measured }))
  if (json !== undefined) writeFileSync(json, `${JSON.stringify({ growth, ...around }, null, 2)}\n`)
  return 0
}

runProgram({ names: growingWorks.map(({ name }) => name), measure })
