import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Bench } from './bench'

const START_TIMEOUT_MS = 180_000
const STOP_TIMEOUT_MS = 40_000
const LAST_WORDS_MAX = 4_000
const READY = /ready at (http:\/\/\S+)/

export interface ProgramOptions {
  readonly program: string
  readonly arguments: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** A program that says `ready at http://...` when it serves, in a process of its own. It ends with the figure. */
export class ProgramProcess {
  private output = ''
  private address_ = ''
  private readonly started: Promise<void>

  private constructor(
    private readonly child: ChildProcess,
    private readonly what: string,
  ) {
    this.started = this.untilReady()
  }

  /** Throws with the last words of a program that ends, or is not ready in time. */
  static async start({ closers }: Bench, options: ProgramOptions): Promise<ProgramProcess> {
    const child = spawn(options.program, options.arguments, {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches the bench, which then stops the group once and in order.
      detached: true,
      ...(options.cwd !== undefined && { cwd: options.cwd }),
    })
    const program = new ProgramProcess(child, options.arguments.at(-1) ?? options.program)
    closers.push(() => program.stop())
    await program.started
    return program
  }

  get address(): string {
    return this.address_
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  /**
   * As Ctrl-C does, and with force where that does not help. A repeat is safe. One that is still starting is let start first:
   * before it listens to signals it would leave its database behind.
   */
  async stop(): Promise<void> {
    await this.started.catch(() => undefined)
    if (this.hasEnded) return
    const ended = once(this.child, 'exit')
    this.signal('SIGINT')
    const force = setTimeout(() => this.signal('SIGKILL'), STOP_TIMEOUT_MS)
    await ended
    clearTimeout(force)
  }

  private get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null || this.child.pid === undefined
  }

  private signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid, signal)
    } catch (error) {
      // The group has ended meanwhile.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }

  private untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = (how: string) => reject(new Error(`${this.what} ${how}:\n${this.output}`))
      const late = setTimeout(() => fail(`was not ready within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS)
      const read = (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-LAST_WORDS_MAX)
        const [, address] = READY.exec(this.output) ?? []
        if (address === undefined || this.address_ !== '') return
        this.address_ = address
        clearTimeout(late)
        resolve()
      }
      this.child.stdout?.on('data', read)
      this.child.stderr?.on('data', read)
      this.child.once('error', reject)
      this.child.once('exit', (code, signal) => {
        clearTimeout(late)
        fail(`ended with ${code ?? signal}`)
      })
    })
  }
}
