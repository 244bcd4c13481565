import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeFolder, temporaryFolder } from '../../test/server-process'
import { draftOf, removeLeavings } from './drafts'

/** A number that no process has any more. */
const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid
const claim = (pid: number): string => `${pid}-${'0'.repeat(16)}`

describe('what a restore leaves whose process was killed', () => {
  let home: string
  let other: ChildProcess
  const place = () => join(home, 'rest')
  const leave = (name: string): string => {
    mkdirSync(join(home, name))
    writeFileSync(join(home, name, 'secrets.json'), '{}')
    return join(home, name)
  }
  beforeEach(() => {
    home = temporaryFolder()
    other = spawn(process.execPath, ['-e', 'setInterval(() => undefined, 1000)'], { stdio: 'ignore' })
  })
  afterEach(async () => {
    other.kill('SIGKILL')
    await removeFolder(home)
  })

  it('is removed, also where its number belongs to another process now', async () => {
    const left = [
      leave(`rest.restoring-${deadPid()}`),
      leave(`rest.restoring-${process.pid}`),
      leave(`rest.restoring-${claim(deadPid())}`),
      leave(`rest.restoring-${claim(other.pid ?? 0)}`),
    ]
    expect((await removeLeavings(place(), 'restoring')).sort()).toEqual(left.sort())
    expect(readdirSync(home)).toEqual([])
  })

  it('is kept while its process lives', async () => {
    const own = draftOf(place(), 'restoring')
    mkdirSync(own)
    const ofOther = leave(`rest.restoring-${other.pid ?? 0}`)
    expect(await removeLeavings(place(), 'restoring')).toEqual([])
    expect([existsSync(own), existsSync(ofOther)]).toEqual([true, true])
  })

  it('is kept where it is of another place, of another kind or of somebody else', async () => {
    const names = ['restored', 'backup'].map((name) => `${name}.restoring-${deadPid()}`)
    names.push(`rest.partial-${deadPid()}`, 'rest.restoring-notes', 'rest.restoring-12-old')
    for (const name of names) leave(name)
    expect(await removeLeavings(place(), 'restoring')).toEqual([])
    expect(readdirSync(home).sort()).toEqual(names.sort())
  })

  it('is nothing where the folder is not there yet', async () => {
    expect(await removeLeavings(join(home, 'nowhere', 'rest'), 'restoring')).toEqual([])
  })
})
