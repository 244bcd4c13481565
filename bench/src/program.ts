import type { Bench } from './world/bench'

const INTERRUPTED = 130

/** Runs a program of the bench; Ctrl-C closes what is open before it ends. Its exit code is what `work` resolves with. */
export function runProgram(bench: Bench, work: () => Promise<number>): void {
  let interrupted = false
  const interrupt = () => {
    // The second one does not wait.
    if (interrupted) process.exit(INTERRUPTED)
    interrupted = true
    bench.say('Interrupted: stopping what was started ...')
    void bench.closers.run(bench.log).then(() => process.exit(INTERRUPTED))
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  work().then(
    // While an interruption closes things, what was going on fails of it; only the closing may end the process.
    (code) => void (interrupted || process.exit(code)),
    (error: unknown) => {
      if (interrupted) return
      bench.say(error instanceof Error ? (error.stack ?? error.message) : String(error))
      void bench.closers.run(bench.log).then(() => process.exit(1))
    },
  )
}
