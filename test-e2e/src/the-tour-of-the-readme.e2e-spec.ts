import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from './support/api'
import { PlatformProcess } from './support/platform-process'

const README = readFileSync(resolve(__dirname, '../../README.md'), 'utf8')
const SHELL_TIMEOUT_MS = 60_000

interface Step {
  readonly commands: string
  /** What the page shows after them; nothing: nothing is shown. */
  readonly shown: string
}

/** The fenced blocks of the tour: commands, and beside them what they print. */
function tour(): Step[] {
  const [, text = ''] = /## Five minutes with curl\n([\s\S]*?)\n## /.exec(README) ?? []
  const steps = [...text.matchAll(/```sh\n([\s\S]*?)```\n+(?:```\n([\s\S]*?)```)?/g)]
  return steps.map(([, commands = '', shown = '']) => ({ commands, shown }))
}

describe('a newcomer who follows the tour of the README word by word', () => {
  let platform: PlatformProcess
  let folder: string
  const MARK = '--- next step ---'

  beforeAll(async () => {
    platform = await PlatformProcess.start({ DEMO: 'on' })
    // The tour is taken while the story of the demo organization is told, or after: its tax must be there.
    await eventually(() => Promise.resolve(expect(existsSync(join(platform.dataDir, 'demo-story-told'))).toBe(true)))
    folder = mkdtempSync(join(tmpdir(), 'billstream-tour-'))
    mkdirSync(join(folder, '.data'))
    writeFileSync(join(folder, '.data/demo-key'), `${platform.demoKey}\n`)
  }, 120_000)
  afterAll(async () => {
    await platform.dispose()
    rmSync(folder, { recursive: true, force: true })
  })

  it('sees what the page shows', async () => {
    const steps = tour()
    expect(steps.length).toBeGreaterThan(4)
    const script = steps.map(({ commands }) => commands).join(`\necho '${MARK}'\n`)
    const here = script.replace('http://127.0.0.1:3000', platform.address)
    const { stdout } = await promisify(execFile)('bash', ['-eu', '-c', here], {
      cwd: folder,
      timeout: SHELL_TIMEOUT_MS,
    })
    expect(stdout.split(`${MARK}\n`)).toEqual(steps.map(({ shown }) => shown))
  }, 90_000)
})
