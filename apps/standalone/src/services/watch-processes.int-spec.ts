import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const BUILT = resolve(__dirname, '../../../../dist/apps/standalone/services/watch-processes.js')
/** Knows of no supervisor, as a program that is not loaded yet. */
const PROGRAM = `setInterval(() => {}, 1000)
  process.on('SIGTERM', () => { require('node:fs').writeFileSync(process.argv[2], ''); process.exit(0) })
  console.log('up')`

describe('a process of a supervisor that is killed', () => {
  const folder = mkdtempSync(join(tmpdir(), 'billstream-watch-'))
  const main = join(folder, 'main.js')
  const told = join(folder, 'told')

  afterAll(() => rmSync(folder, { recursive: true }))

  it('is asked to end', async () => {
    writeFileSync(main, PROGRAM)
    const script = `
      const watch = require(${JSON.stringify(BUILT)}).watchProcesses()
      const child = require('node:child_process').spawn(process.execPath, ${JSON.stringify([main, told])}, {
        detached: true, stdio: ['ignore', 'pipe', 'ignore'] })
      watch.add(child.pid, ${JSON.stringify(main)})
      child.stdout.once('data', () => console.log('up'))`
    const supervisor = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    await once(supervisor.stdout, 'data')
    supervisor.kill('SIGKILL')
    while (!existsSync(told)) await new Promise((resume) => setTimeout(resume, 20))
  })
})
