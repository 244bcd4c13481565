import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

export const ADMIN_SECRET = 'the-admin-secret-of-the-end-to-end-tests'
const PROGRAMS = resolve(__dirname, '../../../dist/apps')
const PATIENCE_MS = 120_000
const LOOK_MS = 20

export interface ProgramStart {
  /** Below dist/apps. */
  readonly main: string
  readonly options?: readonly string[]
  /** All of it: nothing else is inherited but PATH. */
  readonly environment: Readonly<Record<string, string | undefined>>
}

/** A compiled program of the platform in a process of its own. */
export class ProgramProcess {
  private output = ''

  private constructor(private readonly child: ChildProcess) {
    const read = (chunk: Buffer) => (this.output += chunk.toString())
    child.stdout?.on('data', read)
    child.stderr?.on('data', read)
  }

  static spawn({ main, options = [], environment }: ProgramStart): ProgramProcess {
    const child = spawn(process.execPath, ['--enable-source-maps', resolve(PROGRAMS, main), ...options], {
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return new ProgramProcess(child)
  }

  /** To its end. For programs that do not come up. */
  static async run(start: ProgramStart): Promise<{ code: number | null; printed: string }> {
    const program = ProgramProcess.spawn(start)
    await once(program.child, 'close')
    return { code: program.child.exitCode, printed: program.printed }
  }

  get pid(): number {
    return this.child.pid ?? 0
  }

  /** Both outputs, from the start. */
  get printed(): string {
    return this.output
  }

  get hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  /** The first group of the pattern, once it is printed. Throws with what was printed when the process ends before. */
  async untilPrinted(pattern: RegExp): Promise<string> {
    const until = performance.now() + PATIENCE_MS
    for (;;) {
      const found = pattern.exec(this.output)?.[1]
      if (found !== undefined) return found
      if (this.hasEnded) throw new Error(`It ended with ${await this.ended()} first:\n${this.output}`)
      if (performance.now() > until) throw new Error(`No ${String(pattern)} in ${PATIENCE_MS} ms:\n${this.output}`)
      await new Promise((resume) => setTimeout(resume, LOOK_MS))
    }
  }

  /** Sends the signal and waits for the end. Returns the exit code; null: it ended by a signal. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal)
    return this.ended()
  }

  /** The exit code; null: it ended by a signal. */
  async ended(): Promise<number | null> {
    if (!this.hasEnded) await once(this.child, 'exit')
    return this.child.exitCode
  }
}
