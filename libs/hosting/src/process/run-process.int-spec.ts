import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { isAlive } from '@billstream/testing'

const BUILT = resolve(__dirname, '../../../../dist/libs/hosting/index.js')
const LOOK_MS = 20
/** Opens its first thing only when it was told to stop. */
const UNTIL_TOLD = 'while (!signal.aborted) await new Promise(setImmediate)'

describe('a process', () => {
  let folder: string
  let program: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'billstream-process-'))
    program = join(folder, 'program.js')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const path = (name: string) => JSON.stringify(join(folder, name))
  const note = (name: string) => `require('node:fs').writeFileSync(${path(name)}, String(process.pid))`
  const exists = (name: string) => `require('node:fs').existsSync(${path(name)})`
  const noted = (name: string) => existsSync(join(folder, name))
  const numberIn = (name: string) => Number(readFileSync(join(folder, name), 'utf8'))

  /** A program whose start does this; `opened` is a list of Closers on the signal of the start. */
  function writeProgram(start: string, before = ''): void {
    writeFileSync(
      program,
      `${note('loading')}
       ${before}
       const { runProcess, Closers } = require(${JSON.stringify(BUILT)})
       runProcess('sample', async (environment, signal) => {
         ${note('begun')}
         const opened = new Closers(signal)
         const close = async () => { ${note('closed')} }
         try { ${start} } catch (error) { await opened.run(console); throw error }
         return { address: 'http://127.0.0.1:1', stop: () => opened.run(console) }
       })`,
    )
  }

  /** A supervisor of the program, which it holds by a channel and by its outputs. */
  function supervise(): ChildProcess {
    const script = `require('node:child_process').fork(${JSON.stringify(program)}, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'], detached: true, execArgv: [] })`
    return spawn(process.execPath, ['-e', script], { stdio: 'ignore' })
  }

  async function killed(supervisor: ChildProcess): Promise<void> {
    supervisor.kill('SIGKILL')
    await once(supervisor, 'exit')
  }

  describe('whose supervisor goes while it is loaded', () => {
    it('ends and begins nothing', async () => {
      writeProgram('await new Promise(() => setInterval(() => {}, 1000))', `while (!${exists('go on')}) {}`)
      const supervisor = supervise()
      await until(() => noted('loading'))
      await killed(supervisor)
      writeFileSync(join(folder, 'go on'), '')
      await until(() => !isAlive(numberIn('loading')))
      expect(noted('begun')).toBe(false)
    })
  })

  describe('whose supervisor goes while it starts', () => {
    it('goes no further, closes what it has opened, and ends', async () => {
      writeProgram(`${UNTIL_TOLD}; opened.push(close); ${note('went on')}`)
      const supervisor = supervise()
      await until(() => noted('begun'))
      await killed(supervisor)
      await until(() => !isAlive(numberIn('loading')))
      expect([noted('closed'), noted('went on')]).toEqual([true, false])
    })
  })

  describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('that gets %s while it starts', (signal) => {
    it('goes no further, closes what it has opened, and ends with 0', async () => {
      writeProgram(`${UNTIL_TOLD}; opened.push(close); ${note('went on')}`)
      const child = fork(program, { silent: true, execArgv: [] })
      await until(() => noted('begun'))
      child.kill(signal)
      const [code] = (await once(child, 'exit')) as [number]
      expect([code, noted('closed'), noted('went on')]).toEqual([0, true, false])
    })
  })
})

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resume) => setTimeout(resume, LOOK_MS))
}
