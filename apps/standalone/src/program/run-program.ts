import type { Log } from '@billstream/event-sourcing-runtime'
import { canBeMended } from '@billstream/hosting'
import { systemClock, systemSleeper } from '@billstream/platform'
import { ApiClient } from '../demo/api-client'
import { tellDemoStory } from '../demo/demo-story'
import type { Settings } from '../settings/settings'
import { ServicesUnavailable } from '../services/services-unavailable'

/** One Ctrl-C reaches the process twice, from the terminal and from npm: within this time it is the same, in milliseconds. */
const SAME_STOP_MS = 500

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
  start(settings: S): Promise<RunningProgram>
  /** A second Ctrl-C, or a stop that hangs longer, ends the process at once. */
  readonly stopTimeoutMs: number
}

/** Starts a program, says where it is, tells the demo story, and stops on Ctrl-C. What cannot start is explained and ends with 1. */
export function runProgram<S extends Settings>(program: Program<S>): void {
  run(program).catch((error: unknown) => {
    process.stderr.write(`${explain(error)}\n`)
    process.exit(1)
  })
}

async function run<S extends Settings>(program: Program<S>): Promise<void> {
  const settings = program.readSettings()
  const running = await program.start(settings)
  const story = new AbortController()
  stopOnSignals(running, story, program.stopTimeoutMs)
  print(running, settings)
  if (settings.demo === 'on' && running.demoKey !== undefined) void tellStory(running, settings, story.signal)
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

function stopOnSignals(running: RunningProgram, story: AbortController, stopTimeoutMs: number): void {
  let stoppingSince: number | undefined
  const stop = () => {
    const now = Date.parse(systemClock.now())
    if (stoppingSince !== undefined) {
      if (now - stoppingSince > SAME_STOP_MS) process.exit(1)
      return
    }
    stoppingSince = now
    story.abort()
    void systemSleeper.sleep(stopTimeoutMs).then(() => process.exit(1))
    void running.stop().then(() => process.exit(0))
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
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

/** What an operator can mend is said in a sentence; everything else is a bug and keeps its stack. */
function explain(error: unknown): string {
  const { code } = error as { code?: string }
  if (code === 'EADDRINUSE')
    return `PORT: ${process.env['PORT'] ?? 3000} is taken by another program; choose another PORT.`
  if (code === 'EACCES') return `PORT or DATA_DIR: ${(error as Error).message}`
  if (error instanceof ServicesUnavailable || canBeMended(error)) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
