import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const MAIN = resolve(__dirname, '../../../dist/apps/standalone/main.js')
const START_TIMEOUT_MS = 60_000
export const ADMIN_SECRET = 'the-admin-secret-of-the-end-to-end-tests'
const POSTMASTER_PID_FILE = 'postgres/server/data/postmaster.pid'

/** A platform in a process and a data folder of its own, as `npm start` runs it. */
export class PlatformProcess {
  private child: ChildProcess | undefined
  private output = ''
  address = ''

  private constructor(
    readonly dataDir: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<PlatformProcess> {
    const platform = new PlatformProcess(mkdtempSync(join(tmpdir(), 'billstream-e2e-')), environment)
    await platform.boot()
    return platform
  }

  get demoKey(): string {
    return readFileSync(join(this.dataDir, 'demo-key'), 'utf8').trim()
  }

  get printed(): string {
    return this.output
  }

  /** Starts it, again after a stop or a kill; on the same port once it has one. */
  async boot(): Promise<void> {
    const port = this.address === '' ? '0' : new URL(this.address).port
    this.output = ''
    const child = spawn(process.execPath, ['--enable-source-maps', MAIN], {
      env: {
        PATH: process.env['PATH'],
        ADMIN_SECRET,
        DEMO: 'off',
        PORT: port,
        DATA_DIR: this.dataDir,
        ...this.environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    const ready = new Promise<void>((done, failed) => {
      const late = setTimeout(
        () => failed(new Error(`Not ready after ${START_TIMEOUT_MS} ms:\n${this.output}`)),
        START_TIMEOUT_MS,
      )
      const read = (chunk: Buffer) => {
        this.output += chunk.toString()
        const found = /ready at (http:\/\/\S+)/.exec(this.output)
        if (!found?.[1]) return
        this.address = found[1]
        clearTimeout(late)
        done()
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      child.once('exit', (code, signal) => {
        clearTimeout(late)
        failed(new Error(`Ended with ${code ?? signal} before it was ready:\n${this.output}`))
      })
    })
    await ready
  }

  /** As Ctrl-C does. Returns the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    return this.end(signal)
  }

  /** kill -9 of the Node process; the database server outlives it. */
  async kill(): Promise<void> {
    await this.end('SIGKILL')
  }

  get databasePid(): number {
    return Number(readFileSync(join(this.dataDir, POSTMASTER_PID_FILE), 'utf8').split('\n')[0])
  }

  async dispose(): Promise<void> {
    await this.end('SIGTERM')
    rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }

  private async end(signal: NodeJS.Signals): Promise<number | null> {
    const { child } = this
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
    const exited = once(child, 'exit') as Promise<[number | null]>
    child.kill(signal)
    return (await exited)[0]
  }
}
