import { setMaxListeners } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { explainFailure } from './explain-failure'
import { stopOnSignals, stopOrder, unlessStopped } from './stop-order'
import type { Environment } from '../settings/setting-reader'

/** A stop that takes longer ends the process, in milliseconds: what it had begun comes again elsewhere. */
export const STOP_TIMEOUT_MS = 15_000

export interface RunningProcess {
  /** Where it answers HTTP. */
  readonly address: string
  /** How long a stop goes on taking work, beside its own time, in milliseconds. */
  readonly drainMs?: number
  /** Stops taking work, finishes or gives back what it has, closes what is open. */
  stop(): Promise<void>
}

/** signal: aborted when the process is told to stop; a start that fails then has closed again what it had opened. */
export type StartProcess = (environment: Environment, signal: AbortSignal) => Promise<RunningProcess>

/** What a process tells its supervisor. */
export interface ReadyMessage {
  readonly kind: 'ready'
  readonly name: string
  readonly address: string
}

/**
 * Runs a program until SIGINT, SIGTERM or SIGHUP, also while it starts, or until its supervisor is gone, whatever became of that one. What
 * an operator can mend is named and ends it with 1.
 */
export function runProcess(name: string, start: StartProcess): void {
  setMaxListeners(0)
  const told = new AbortController()
  const running = unlessStopped(begin(start, told.signal), told.signal)
  const stop = async () => {
    told.abort()
    await (await running)?.stop()
  }
  let drainMs = 0
  const order = stopOrder({ stop, timeoutMs: () => drainMs + STOP_TIMEOUT_MS })
  stopOnSignals(order)
  if (process.connected) process.on('disconnect', order)
  running.then(
    (started) => {
      drainMs = started?.drainMs ?? 0
      // Nobody may be left to read it.
      if (started && !told.signal.aborted) announce(name, started.address)
    },
    (error: unknown) => {
      process.stderr.write(`${explainFailure(error, process.env)}\n`)
      process.exit(1)
    },
  )
}

/** A supervisor that went while the program was loaded is noticed by the next turn of the event loop: then nothing is begun. */
async function begin(start: StartProcess, signal: AbortSignal): Promise<RunningProcess> {
  await turn()
  signal.throwIfAborted()
  return start(process.env, signal)
}

function announce(name: string, address: string): void {
  const message: ReadyMessage = { kind: 'ready', name, address }
  if (process.connected) process.send?.(message)
  process.stdout.write(`Billstream ${name} is ready (pid ${process.pid}, ${address}/health/ready)\n`)
}
