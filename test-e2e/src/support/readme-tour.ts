import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const README = readFileSync(resolve(__dirname, '../../../README.md'), 'utf8')
const MARK = '--- next step ---'
const SHELL_TIMEOUT_MS = 60_000

export interface Step {
  readonly commands: string
  /** What the page shows after them; nothing: nothing is shown. */
  readonly shown: string
}

/** The fenced blocks of the tour: commands, and beside them what they print. */
export function tour(): Step[] {
  const [, text = ''] = /## Five minutes with curl\n([\s\S]*?)\n## /.exec(README) ?? []
  const steps = [...text.matchAll(/```sh\n([\s\S]*?)```\n+(?:```\n([\s\S]*?)```)?/g)]
  return steps.map(([, commands = '', shown = '']) => ({ commands, shown }))
}

/** Pastes the tour into a shell, in a folder that has the key where the page says. What was printed after each step. */
export async function takeTour(
  steps: readonly Step[],
  { address, key }: { address: string; key: string },
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'billstream-tour-'))
  try {
    mkdirSync(join(folder, '.data'))
    writeFileSync(join(folder, '.data/demo-key'), `${key}\n`)
    const script = steps.map(({ commands }) => commands).join(`\necho '${MARK}'\n`)
    const here = script.replace('http://127.0.0.1:3000', address)
    const options = { cwd: folder, timeout: SHELL_TIMEOUT_MS }
    const { stdout } = await promisify(execFile)('bash', ['-eu', '-c', here], options)
    return stdout.split(`${MARK}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
