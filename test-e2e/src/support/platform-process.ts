import { DataFolder } from './data-folder'
import type { OwnPlatform } from './platform'
import { ADMIN_SECRET, ProgramProcess } from './program-process'

/** A platform in a process and a data folder of its own, as `npm start` runs it. */
export class PlatformProcess implements OwnPlatform {
  readonly folder = new DataFolder()
  address = ''
  private program: ProgramProcess | undefined

  private constructor(private readonly environment: Readonly<Record<string, string>>) {}

  static async start(environment: Readonly<Record<string, string>> = {}): Promise<PlatformProcess> {
    const platform = new PlatformProcess(environment)
    await platform.boot()
    return platform
  }

  get printed(): string {
    return this.program?.printed ?? ''
  }

  /** Starts it, again after a stop or a kill; on the same port once it has one. */
  async boot(): Promise<void> {
    const port = this.address === '' ? '0' : new URL(this.address).port
    const { folder, environment } = this
    this.program = ProgramProcess.spawn({
      main: 'standalone/main.js',
      environment: { ADMIN_SECRET, DEMO: 'off', PORT: port, DATA_DIR: folder.path, ...environment },
    })
    this.address = await this.program.untilPrinted(/ready at (http:\/\/\S+)/)
  }

  /** As Ctrl-C does. Returns the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    return this.program?.end(signal) ?? null
  }

  /** kill -9 of the Node process; its database server is then stopped by a watchdog. */
  async kill(): Promise<void> {
    await this.stop('SIGKILL')
  }

  async crash(): Promise<void> {
    await this.kill()
    await this.boot()
  }

  async dispose(): Promise<void> {
    await this.stop('SIGTERM')
    this.folder.remove()
  }
}
