import { OptionsInvalid, readOptions, usageOf, type BenchOptions } from './options'
import { openBench, type Bench } from './world/bench'

const WRONG_USAGE = 2
const INTERRUPTED = 130
/** One Ctrl-C reaches the process twice, from the terminal and from npm: within this time it is the same. */
const SAME_INTERRUPTION_MS = 500

export interface Program {
  /** What `--only` may name. */
  readonly names: readonly string[]
  /** Resolves with the exit code. */
  measure(bench: Bench, options: BenchOptions): Promise<number>
}

/** Runs a program of the bench: results go to standard output, progress to standard error. Ctrl-C closes what is open first. */
export function runProgram({ names, measure }: Program): void {
  const given = process.argv.slice(2)
  if (given.includes('--help')) return void process.stdout.write(`${usageOf(names)}\n`)
  try {
    const options = readOptions(given, names)
    const interruption = new AbortController()
    const bench = openBench({ ...options, say, signal: interruption.signal })
    stopOnSignals(bench, interruption)
    run(bench, () => measure(bench, options))
  } catch (error) {
    if (!(error instanceof OptionsInvalid)) throw error
    say(error.message)
    process.exitCode = WRONG_USAGE
  }
}

function say(what: string): void {
  process.stderr.write(`${what}\n`)
}

function stopOnSignals(bench: Bench, interruption: AbortController): void {
  let interruptedAt = 0
  const interrupt = () => {
    const now = performance.now()
    if (bench.signal.aborted) {
      // The second one does not wait.
      if (now - interruptedAt > SAME_INTERRUPTION_MS) process.exit(INTERRUPTED)
      return
    }
    interruptedAt = now
    interruption.abort()
    say('Interrupted: stopping what was started ...')
    void bench.closers.run(bench.log).then(() => process.exit(INTERRUPTED))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
}

/** After an interruption only the closing may end the process: what was going on fails of it. */
function run(bench: Bench, work: () => Promise<number>): void {
  work().then(
    (code) => {
      if (!bench.signal.aborted) process.exit(code)
    },
    (error: unknown) => {
      if (bench.signal.aborted) return
      say(error instanceof Error ? (error.stack ?? error.message) : String(error))
      void bench.closers.run(bench.log).then(() => process.exit(1))
    },
  )
}
