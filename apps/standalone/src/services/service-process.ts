import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Log } from '@billstream/event-sourcing-runtime'
import { CannotStart, type ReadyMessage } from '@billstream/hosting'
import { systemClock, systemSleeper } from '@billstream/platform'
import type { ProcessWatch } from './watch-processes'

/** Pause before a process that ended is started again, in milliseconds; doubled while it keeps ending, up to the bound. */
const RESTART_DELAY_MS = 200
const RESTART_DELAY_MAX_MS = 5_000
/** A process that lived so long has not failed at its start, in milliseconds. */
const HEALTHY_AFTER_MS = 10_000
const START_TIMEOUT_MS = 90_000
/** Between asking a process to end and ending it, in milliseconds: a second more than it takes itself. */
export const STOP_TIMEOUT_MS = 16_000

export interface ServiceProcessOptions {
  /** `usage-2`: the service and its replica. */
  readonly name: string
  /** Its compiled program. */
  readonly main: string
  readonly environment: Readonly<Record<string, string | undefined>>
  /** How long it may go on taking work when it is asked to end, in milliseconds. */
  readonly drainMs: number
  readonly log: Log
  /** Ends it when this process is gone. */
  readonly watch: Pick<ProcessWatch, 'add'>
  /** Told in a line what becomes of it. */
  readonly say: (line: string) => void
}

/** One process of the platform, started again whenever it ends by itself. */
export class ServiceProcess {
  private child: ChildProcess | undefined
  private stopping = false
  private running: Promise<void> | undefined
  /** Where it answered first: clients know it. */
  private port: string | undefined

  constructor(private readonly options: ServiceProcessOptions) {}

  /** Where it answers HTTP. Throws CannotStart when its first start fails: it has said why itself. */
  async start(): Promise<string> {
    const address = await this.spawn()
    this.port = new URL(address).port
    this.running = this.keepRunning()
    return address
  }

  /** Asks it to end, and ends it after a while. A repeat is safe. */
  async stop(): Promise<void> {
    this.stopping = true
    const { child } = this
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGTERM')
      const late = new AbortController()
      void systemSleeper.sleep(this.options.drainMs + STOP_TIMEOUT_MS, late.signal).then(() => {
        if (!late.signal.aborted) child.kill('SIGKILL')
      })
      await ended
      late.abort()
    }
    await this.running
  }

  private async keepRunning(): Promise<void> {
    let delayMs = RESTART_DELAY_MS
    for (;;) {
      const startedAt = Date.parse(systemClock.now())
      await this.ended()
      if (this.stopping) return
      if (Date.parse(systemClock.now()) - startedAt >= HEALTHY_AFTER_MS) delayMs = RESTART_DELAY_MS
      await systemSleeper.sleep(delayMs)
      delayMs = Math.min(delayMs * 2, RESTART_DELAY_MAX_MS)
      await this.restart()
    }
  }

  private async restart(): Promise<void> {
    if (this.stopping) return
    try {
      await this.spawn()
    } catch (error) {
      this.options.log.warn({ err: error }, 'A service did not come up again; it is tried again.')
    }
  }

  private async ended(): Promise<void> {
    const { child } = this
    if (!child) return
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    if (this.stopping) return
    this.options.say(`${this.options.name} ended with ${child.exitCode ?? child.signalCode} and is started again`)
  }

  private spawn(): Promise<string> {
    const { name, main, environment, watch, say } = this.options
    // A group of its own: Ctrl-C reaches the supervisor, which stops the services in order.
    const child = fork(main, {
      env: { ...environment, ...(environment['PORT'] === '0' && this.port !== undefined && { PORT: this.port }) },
      execArgv: ['--enable-source-maps'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
    })
    this.child = child
    if (child.pid !== undefined) watch.add(child.pid, main)
    child.stdout?.on('data', (chunk: Buffer) => this.pass(chunk, process.stdout))
    child.stderr?.on('data', (chunk: Buffer) => this.pass(chunk, process.stderr))
    say(`${name} pid ${child.pid}`)
    return this.untilReady(child)
  }

  private untilReady(child: ChildProcess): Promise<string> {
    const late = new AbortController()
    return new Promise<string>((resolve, reject) => {
      const fail = (what: string) => reject(new CannotStart(`${this.options.name} ${what}.`))
      child.on('message', (message: ReadyMessage) => resolve(message.address))
      child.once('exit', (code, signal) => fail(`ended with ${code ?? signal} before it was ready`))
      void systemSleeper.sleep(START_TIMEOUT_MS, late.signal).then(() => {
        if (!late.signal.aborted) fail(`was not ready after ${START_TIMEOUT_MS} ms`)
      })
    }).finally(() => late.abort())
  }

  /** Structured logs of the services go on; their greetings are the supervisor's lines. */
  private pass(chunk: Buffer, to: NodeJS.WritableStream): void {
    const text = chunk.toString()
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('Billstream '))
    if (lines.length > 0) to.write(`${lines.join('\n')}\n`)
  }
}
