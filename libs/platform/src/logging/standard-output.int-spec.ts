import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'

const BUILT = resolve(__dirname, '../../../../dist/libs/platform/index.js')
/** More than a pipe holds. */
const LINES = 3_000

/** A process that logs lines when it is told to, and ends in the same turn. */
function logging(): ChildProcess {
  const program = `
    const log = require(${JSON.stringify(BUILT)}).createLog('info')
    process.stdin.once('data', () => {
      for (let line = 0; line < ${LINES}; line++) log.info({ line, more: '-'.repeat(100) }, 'said')
      process.exit(0)
    })
    process.stderr.write('waits')`
  return spawn(process.execPath, ['-e', program])
}

async function waiting(child: ChildProcess): Promise<void> {
  if (child.stderr) await once(child.stderr, 'data')
}

describe('a process that ends right after its last lines', () => {
  it('has written them all', async () => {
    const child = logging()
    const written = child.stdout ? text(child.stdout) : Promise.resolve('')
    await waiting(child)
    child.stdin?.write('end')
    const lines = (await written).trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { line: number }).line)).toEqual(
      Array.from({ length: LINES }, (_, line) => line),
    )
  })
})

describe('a process whose reader has gone', () => {
  it('ends all the same', async () => {
    const child = logging()
    await waiting(child)
    child.stdout?.destroy()
    child.stdin?.write('end')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})

describe('a process whose reader stands still', () => {
  it('ends all the same', async () => {
    const child = logging()
    await waiting(child)
    child.stdin?.write('end')
    expect(await once(child, 'exit')).toEqual([0, null])
  })
})
