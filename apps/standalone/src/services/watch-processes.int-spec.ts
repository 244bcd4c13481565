import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isAlive } from '@billstream/testing'

const BUILT = resolve(__dirname, '../../../../dist/apps/standalone/services/watch-processes.js')
/** Knows of no supervisor, as a program that is not loaded yet; tells what it is asked, in a file. */
const programThat = (then: string) => `setInterval(() => {}, 1000)
  process.on('SIGTERM', () => { require('node:fs').writeFileSync(process.argv[2], String(process.pid)); ${then} })
  console.log('up')`
const LOOK_MS = 20

describe('a process of a supervisor that is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'billstream-watch-'))

  afterAll(() => rmSync(folder, { recursive: true }))

  /** The supervisor of such a program is killed once that runs; the number of the program, when it was asked to end. */
  async function orphan(name: string, program: string, patienceMs: number): Promise<number> {
    const [main, told] = [join(folder, `${name}.js`), join(folder, name)]
    writeFileSync(main, program)
    const script = `
      const watch = require(${JSON.stringify(BUILT)}).watchProcesses(${patienceMs})
      const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify([main, told])}, {
        detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
      watch.add(child.pid, ${JSON.stringify(main)})
      child.stdout.once('data', () => console.log('up'))`
    const supervisor = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(supervisor.stdout, 'data')
    supervisor.kill('SIGKILL')
    while (!existsSync(told) || readFileSync(told, 'utf8') === '') await pause()
    return Number(readFileSync(told, 'utf8'))
  }

  it('is asked to end', async () => {
    const pid = await orphan('obedient', programThat('process.exit(0)'), 600_000)
    while (isAlive(pid)) await pause()
  })

  it('is ended where it does not', async () => {
    const pid = await orphan('deaf', programThat(''), 1_000)
    while (isAlive(pid)) await pause()
  })
})

const pause = () => new Promise((resume) => setTimeout(resume, LOOK_MS))
