import { setMaxListeners } from 'node:events'
import { systemClock, systemSleeper } from '@billstream/platform'
import { canBeMended } from './can-be-mended'
import type { Environment } from '../settings/setting-reader'

/** A stop that takes longer ends the process, in milliseconds: what it had begun comes again elsewhere. */
const STOP_TIMEOUT_MS = 15_000
/** One Ctrl-C reaches the process twice, from the terminal and from its supervisor: within this time it is the same. */
const SAME_STOP_MS = 500

export interface RunningProcess {
  /** Where it answers HTTP. */
  readonly address: string
  /** Stops taking work, finishes or gives back what it has, closes what is open. */
  stop(): Promise<void>
}

/** What a process tells its supervisor. */
export interface ReadyMessage {
  readonly kind: 'ready'
  readonly name: string
  readonly address: string
}

/**
 * Runs a program until SIGINT or SIGTERM, or until its supervisor is gone, whatever became of that one. Wrong settings are named
 * and end it with 1.
 */
export function runProcess(name: string, start: (environment: Environment) => Promise<RunningProcess>): void {
  setMaxListeners(0)
  // Wrong settings are found at once, and end the process like what fails later.
  const starting = Promise.resolve(process.env).then(start)
  stopWhenTold(starting)
  starting.then(
    ({ address }) => {
      tellSupervisor({ kind: 'ready', name, address })
      process.stdout.write(`Billstream ${name} is ready (pid ${process.pid}, ${address}/health/ready)\n`)
    },
    (error: unknown) => {
      process.stderr.write(`${textOf(error)}\n`)
      process.exit(1)
    },
  )
}

function tellSupervisor(message: ReadyMessage): void {
  if (process.connected) process.send?.(message)
}

function stopWhenTold(starting: Promise<RunningProcess>): void {
  let stoppingSinceMs: number | undefined
  const stop = () => {
    const now = Date.parse(systemClock.now())
    if (stoppingSinceMs !== undefined) {
      if (now - stoppingSinceMs > SAME_STOP_MS) process.exit(1)
      return
    }
    stoppingSinceMs = now
    void systemSleeper.sleep(STOP_TIMEOUT_MS).then(() => process.exit(1))
    void starting.then((running) => running.stop()).then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  if (process.connected) process.on('disconnect', stop)
}

/** What its operator can mend is said in a sentence; anything else with where it came from. */
function textOf(error: unknown): string {
  if (canBeMended(error)) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
