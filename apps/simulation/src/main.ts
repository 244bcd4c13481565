import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@billstream/platform'
import { Progress } from './run/progress'
import { runSeeds } from './run/seed-pool'
import { textOfBroken, type SeedReport } from './run/seed-report'
import { readSettings, USAGE, type SimulateSettings } from './run/settings'

/** Beside this file once it is compiled. */
const WORKER = join(__dirname, 'seed-worker.main.js')

async function main(): Promise<number> {
  const args = process.argv.slice(2)
  if (args.includes('--help')) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  return simulate(readSettings(args, availableParallelism()))
}

async function simulate(settings: SimulateSettings): Promise<number> {
  const seeds = Array.from({ length: settings.seeds }, (_, index) => settings.from + index)
  const reports: SeedReport[] = []
  const broken = () => reports.filter((report) => report.isBroken)
  const progress = new Progress(seeds.length, systemClock, (line) => process.stderr.write(`${line}\n`))
  await runSeeds(WORKER, { ...settings, seeds }, (report) => {
    reports.push(report)
    if (report.isBroken) process.stderr.write(`${textOfBroken(report)}\n`)
    progress.advance(broken().length)
  })
  const summary = { seeds: seeds.length, from: settings.from, broken: broken(), seconds: progress.seconds }
  const rate = (seeds.length / summary.seconds).toFixed(1)
  const text = `${seeds.length} seeds, ${summary.broken.length} broken, ${Math.ceil(summary.seconds)} s, ${rate} /s`
  process.stdout.write(`${settings.json ? JSON.stringify(summary) : text}\n`)
  return summary.broken.length === 0 ? 0 : 1
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    const isUsage = error instanceof TypeError
    process.stderr.write(isUsage ? `${error.message}\n\n${USAGE}\n` : `${String(error)}\n`)
    process.exit(isUsage ? 2 : 1)
  },
)
