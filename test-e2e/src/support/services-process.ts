import { randomInt } from 'node:crypto'
import { createServer, type Server } from 'node:net'

import { DataFolder } from './data-folder'
import type { OwnPlatform } from './platform'
import { ADMIN_SECRET, ProgramProcess } from './program-process'

const STARTED = /^(\S+-\d+) pid (\d+)$/gm
const LOOK_MS = 20
/** Below the ports that systems give to connections: one of those would be taken again before its process listens. */
const PORTS_FROM = 20_000
const PORTS_TO = 32_000

export interface ServicesStart {
  /** `host:port`. */
  readonly brokers: string
  readonly replicas?: number
  readonly environment?: Readonly<Record<string, string>>
}

/** `npm run services`: a supervisor with its processes, in a data folder of its own. */
export class ServicesProcess implements OwnPlatform {
  readonly folder = new DataFolder()
  /** Of the first gateway; the others are on the ports that follow. */
  address = ''
  private program: ProgramProcess | undefined

  private constructor(private readonly options: ServicesStart) {}

  static async start(options: ServicesStart): Promise<ServicesProcess> {
    const services = new ServicesProcess(options)
    await services.boot()
    return services
  }

  get printed(): string {
    return this.program?.printed ?? ''
  }

  /** Of every process that was started and not replaced, by name: `usage-1`. */
  get pids(): ReadonlyMap<string, number> {
    return new Map([...this.printed.matchAll(STARTED)].map(([, name = '', pid]) => [name, Number(pid)]))
  }

  pidOf(name: string): number {
    const pid = this.pids.get(name)
    if (pid === undefined) throw new Error(`There is no ${name}:\n${this.printed}`)
    return pid
  }

  /** Of all gateways. */
  addresses(replicas = this.options.replicas ?? 1): string[] {
    const { protocol, hostname, port } = new URL(this.address)
    return Array.from({ length: replicas }, (_, index) => `${protocol}//${hostname}:${Number(port) + index}`)
  }

  /** Starts it, again after a stop or a kill, with what is in its folder. */
  async boot(replicas = this.options.replicas ?? 1): Promise<void> {
    const port = this.address === '' ? await freePorts(replicas) : Number(new URL(this.address).port)
    const { brokers, environment } = this.options
    this.program = ProgramProcess.spawn({
      main: 'standalone/services.main.js',
      options: ['--kafka', brokers, '--replicas', String(replicas)],
      environment: { ADMIN_SECRET, DEMO: 'off', PORT: String(port), DATA_DIR: this.folder.path, ...environment },
    })
    this.address = await this.program.untilPrinted(/ready at (http:\/\/\S+)/)
  }

  /** kill -9 of one process; resolves when the supervisor has started another in its place. */
  async kill(name: string): Promise<void> {
    const pid = this.pidOf(name)
    process.kill(pid, 'SIGKILL')
    while (this.pidOf(name) === pid) await new Promise((resume) => setTimeout(resume, LOOK_MS))
  }

  /** Stops one process in the middle of its work for so long, then lets it go on as if nothing had been. */
  async suspend(name: string, ms: number): Promise<void> {
    const pid = this.pidOf(name)
    process.kill(pid, 'SIGSTOP')
    await new Promise((resume) => setTimeout(resume, ms))
    process.kill(pid, 'SIGCONT')
  }

  async crash(random: (below: number) => number): Promise<void> {
    const names = [...this.pids.keys()].sort()
    await this.kill(names[random(names.length)] ?? '')
  }

  /** As Ctrl-C does; SIGKILL: of the supervisor only. Returns its exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    return this.program?.end(signal) ?? null
  }

  async dispose(): Promise<void> {
    await this.stop('SIGTERM')
    this.folder.remove()
  }
}

/** The first of so many free ports in a row. */
export async function freePorts(count: number): Promise<number> {
  for (;;) {
    const first = randomInt(PORTS_FROM, PORTS_TO)
    const all = await Promise.allSettled(Array.from({ length: count }, (_, index) => listen(first + index)))
    for (const each of all) if (each.status === 'fulfilled') await close(each.value)
    if (all.every(({ status }) => status === 'fulfilled')) return first
  }
}

function listen(port: number): Promise<Server> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server))
  })
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()))
}
