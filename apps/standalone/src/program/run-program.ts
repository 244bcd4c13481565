import type { Log } from '@billstream/event-sourcing-runtime'
import { explainFailure, stopOnSignals, stopOrder, unlessStopped } from '@billstream/hosting'
import { systemClock, systemSleeper } from '@billstream/platform'
import { ApiClient } from '../demo/api-client'
import { tellDemoStory } from '../demo/demo-story'
import type { Settings } from '../settings/settings'

/** The platform at work, however many processes it has. */
export interface RunningProgram {
  readonly address: string
  /** Of the demo organization; undefined where its key file is gone. */
  readonly demoKey: string | undefined
  readonly log: Log
  /** Stops taking requests, finishes the work at hand, then stops PostgreSQL, last. */
  stop(): Promise<void>
}

export interface Program<S extends Settings> {
  /** Throws SettingsInvalid. */
  readSettings(): S
  /** signal: aborted when the program is told to stop; a start that fails then has closed again what it had opened. */
  start(settings: S, signal: AbortSignal): Promise<RunningProgram>
  /** A second Ctrl-C, or a stop that hangs longer beside what the gateway drains, ends the process at once. */
  readonly stopTimeoutMs: number
}

/**
 * Starts a program, says where it is, tells the demo story, and stops on Ctrl-C, also while it starts. What cannot start is explained
 * and ends with 1.
 */
export function runProgram<S extends Settings>(program: Program<S>): void {
  run(program).catch((error: unknown) => {
    process.stderr.write(`${explainFailure(error, process.env)}\n`)
    process.exit(1)
  })
}

async function run<S extends Settings>(program: Program<S>): Promise<void> {
  const settings = program.readSettings()
  const told = new AbortController()
  const starting = unlessStopped(program.start(settings, told.signal), told.signal)
  const stop = async () => {
    told.abort()
    await (await starting)?.stop()
  }
  stopOnSignals(stopOrder({ stop, timeoutMs: () => settings.drainMs + program.stopTimeoutMs }))
  const running = await starting
  if (running === undefined || told.signal.aborted) return
  print(running, settings)
  if (settings.demo === 'on' && running.demoKey !== undefined) void tellStory(running, settings, told.signal)
}

/** The start does not wait for the story; a newcomer sees it grow. */
async function tellStory(
  { address, demoKey, log }: RunningProgram,
  settings: Settings,
  signal: AbortSignal,
): Promise<void> {
  try {
    await tellDemoStory(
      new ApiClient(address, demoKey ?? '', systemSleeper, signal),
      settings.dataDir,
      systemClock.now(),
    )
  } catch (error) {
    if (!signal.aborted)
      log.warn({ err: error }, 'The demo story could not be told to its end; the next start goes on.')
  }
}

function print({ address, demoKey }: RunningProgram, { dataDir, demo }: Settings): void {
  const lines = [
    `Billstream is ready at ${address}`,
    `  API documents   ${address}/docs`,
    `  Data            ${dataDir}`,
  ]
  if (demoKey !== undefined) {
    lines.push(
      `  Demo key        ${demoKey}   (kept in ${dataDir}/demo-key)`,
      '',
      'Try it:',
      `  curl -s ${address}/v1/invoices/ -H "Authorization: Bearer ${demoKey}"`,
    )
    if (demo === 'on')
      lines.push('', 'On a fresh data folder a small story is told now: two months of three customers.')
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}
