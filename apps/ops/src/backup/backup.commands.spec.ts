import { CommandEnded } from '../console/outcome'
import { Output } from '../console/output'
import { SILENT } from '../console/progress'
import { Ops } from '../ops'
import { buildProgram, runProgram } from '../program'
import { backupCommands } from './backup.commands'
import type { Vault } from './vault'

const unreachable = () => Promise.reject(new Error('Nothing is opened for a backup.'))

/** Ctrl-C in the middle of the work. */
function interrupted(...argv: string[]) {
  const stop = new AbortController()
  const breakOff = () => {
    stop.abort()
    return Promise.reject(new Error('This operation was aborted'))
  }
  return run({ backup: breakOff, restore: breakOff }, argv, stop.signal)
}

async function run(vault: Vault, argv: string[], signal = new AbortController().signal) {
  const said = { out: '', err: '' }
  const streams = {
    out: { write: (text: string) => (said.out += text) },
    err: { write: (text: string) => (said.err += text) },
  }
  const ops = new Ops({
    ...{ out: new Output(streams), progress: () => SILENT, operator: 'ann', signal },
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

describe('what was backed up while events were recorded', () => {
  const facts = { head: '7', migrations: [] }
  const [startedAt, endedAt] = ['2026-07-01T15:34:43.466Z', '2026-07-01T15:34:51.200Z']
  const vault = (end: string | null): Vault => ({
    backup: () => Promise.resolve({ endedAt, bytes: 1_000_000, files: 3, facts }),
    restore: () => Promise.resolve({ startedAt, endedAt: end, files: 3, facts, events: 7, usageEvents: 0 }),
  })
  const restoring = ['restore', 'b.tar.gz', '--data-dir', 'restored']

  it('is that of the moment at which the backup ended', async () => {
    expect((await run(vault(endedAt), ['backup', 'b.tar.gz'])).out).toContain(`as it was at ${endedAt}`)
    const { out } = await run(vault(endedAt), restoring)
    expect(out).toContain(`restored is as it was at ${endedAt}, when the backup ended`)
    expect(out).not.toContain(startedAt)
    expect(JSON.parse((await run(vault(endedAt), [...restoring, '--json'])).out)).toMatchObject({ startedAt, endedAt })
  })

  it('is named by when the backup began, where it does not say when it ended', async () => {
    const { out } = await run(vault(null), restoring)
    expect(out).toContain(`as it was when the backup ended that began at ${startedAt}`)
  })
})

describe('what a killed try had left', () => {
  it('is named when it is removed, also where the repeat fails', async () => {
    const vault: Vault = {
      backup: () => Promise.reject(new Error('not asked')),
      restore: (_file, _dataDir, { removed }) => {
        removed('rest.restoring-11525')
        return Promise.reject(new CommandEnded('refused', 'The file is damaged.'))
      },
    }
    const argv = ['restore', 'b.tar.gz', '--data-dir', 'rest']
    const { code, err } = await run(vault, argv)
    expect(code).toBe(1)
    expect(err).toMatch(/^rest\.restoring-11525 was removed: .*\nThe file is damaged\.\n$/)
    const [first = ''] = (await run(vault, [...argv, '--json'])).err.split('\n')
    expect(JSON.parse(first)).toEqual({ removed: 'rest.restoring-11525' })
  })
})
