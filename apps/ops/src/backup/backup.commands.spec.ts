import { Output } from '../console/output'
import { SILENT } from '../console/progress'
import { Ops } from '../ops'
import { buildProgram, runProgram } from '../program'
import { backupCommands } from './backup.commands'
import type { Vault } from './vault'

const unreachable = () => Promise.reject(new Error('Nothing is opened for a backup.'))

/** Ctrl-C in the middle of the work. */
async function interrupted(...argv: string[]) {
  const said = { out: '', err: '' }
  const streams = {
    out: { write: (text: string) => (said.out += text) },
    err: { write: (text: string) => (said.err += text) },
  }
  const stop = new AbortController()
  const breakOff = () => {
    stop.abort()
    return Promise.reject(new Error('This operation was aborted'))
  }
  const vault: Vault = { backup: breakOff, restore: breakOff }
  const ops = new Ops({
    ...{ out: new Output(streams), progress: () => SILENT, operator: 'ann', signal: stop.signal },
    ...{ connect: unreachable, openTopic: unreachable, diagnose: unreachable },
  })
  return { code: await runProgram(buildProgram(ops, [backupCommands(vault)], streams), ops, argv), ...said }
}

describe('a backup that is broken off', () => {
  it.each([
    [['backup', 'b.tar.gz'], 'b.tar.gz was not made'],
    [['restore', 'b.tar.gz', '--data-dir', 'restored'], 'restored was not made'],
  ])('says so, and that nothing is left: %j', async (argv, sentence) => {
    const { code, out, err } = await interrupted(...argv)
    expect([code, out, err]).toEqual([130, '', expect.stringContaining(sentence)])
  })
})
