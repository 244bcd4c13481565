import { OptionsInvalid, readOptions, type BenchOptions } from './options'
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
  try {
    const options = readOptions(process.argv.slice(2), names)
    const bench = openBench({ quick: options.quick, say })
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

function run(bench: Bench, work: () => Promise<number>): void {
  let interruptedAt: number | undefined
  const interrupt = () => {
    const now = performance.now()
    if (interruptedAt !== undefined) {
      // The second one does not wait.
      if (now - interruptedAt > SAME_INTERRUPTION_MS) process.exit(INTERRUPTED)
      return
    }
    interruptedAt = now
    say('Interrupted: stopping what was started ...')
    void bench.closers.run(bench.log).then(() => process.exit(INTERRUPTED))
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)
  work().then(
    // While an interruption closes things, what was going on fails of it; only the closing may end the process.
    (code) => {
      if (interruptedAt === undefined) process.exit(code)
    },
    (error: unknown) => {
      if (interruptedAt !== undefined) return
      say(error instanceof Error ? (error.stack ?? error.message) : String(error))
      void bench.closers.run(bench.log).then(() => process.exit(1))
    },
  )
}
