import { execFile } from 'node:child_process'
import { resolve } from 'node:path'

const MAIN = resolve(__dirname, '../../../dist/apps/ops/main.js')
const OUTPUT_BYTES_MAX = 50_000_000

export interface OpsAnswer {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** The operators' command line as an operator calls it: a process of its own, mostly with nothing but the data folder. */
export class OpsTool {
  constructor(
    private readonly dataDir: string,
    private readonly environment: Readonly<Record<string, string>> = {},
  ) {}

  run(...argv: string[]): Promise<OpsAnswer> {
    const env = { PATH: process.env['PATH'], DATA_DIR: this.dataDir, ...this.environment }
    const options = { env, maxBuffer: OUTPUT_BYTES_MAX }
    return new Promise((done) => {
      execFile(process.execPath, ['--enable-source-maps', MAIN, ...argv], options, (error, out, err) => {
        const code = error === null ? 0 : Number(error.code ?? 1)
        done({ code, out, err })
      })
    })
  }

  /** Expects exit code 0; what it prints with --json. */
  async json<T>(...argv: string[]): Promise<T> {
    const { code, out, err } = await this.run(...argv, '--json')
    if (code !== 0) throw new Error(`ops ${argv.join(' ')} ended with ${code}: ${err}${out}`)
    return JSON.parse(out) as T
  }
}
