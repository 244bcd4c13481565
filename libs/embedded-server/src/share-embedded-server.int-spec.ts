import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  dataFolderOf,
  query,
  removeFolder,
  shareInProcess,
  startInProcess,
  STAY_ALIVE,
  temporaryFolder,
} from '../test/server-process'
import { findRunningServer } from './find-running-server'
import { livePostmaster } from './postmaster'
import { shareEmbeddedServer } from './share-embedded-server'
import { startEmbeddedServer } from './start-embedded-server'

/** The watchdog of a killed process has looked three times by then. */
const WATCHDOG_LOOKS_MS = 3_500

describe('an embedded server that several programs use', () => {
  let dataDir: string
  const log = () => undefined
  const isRunning = () => livePostmaster(dataFolderOf(dataDir)) !== undefined

  beforeEach(() => {
    dataDir = temporaryFolder()
  })
  afterEach(() => removeFolder(dataDir))

  it('stays while one of them uses it, also when the one that started it leaves first, and ends with the last', async () => {
    const first = shareInProcess(dataDir)
    expect(await first.line()).toBe('ready')
    const second = await shareEmbeddedServer({ dataDir, log })
    await first.kill('SIGTERM')
    expect(await query(second.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
    await second.leave()
    await second.leave()
    expect(isRunning()).toBe(false)
  })

  it('stays when the one that started it exits at once', async () => {
    const first = shareInProcess(dataDir)
    expect(await first.line()).toBe('ready')
    const second = await shareEmbeddedServer({ dataDir, log })
    await first.kill('SIGINT')
    expect(await query(second.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
    await second.leave()
    expect(isRunning()).toBe(false)
  })

  it('is one, also when all come and go at once', async () => {
    const users = [shareInProcess(dataDir), shareInProcess(dataDir), shareInProcess(dataDir)]
    expect(await Promise.all(users.map((each) => each.line()))).toEqual(['ready', 'ready', 'ready'])
    await Promise.all(users.map((each) => each.kill('SIGTERM')))
    expect(isRunning()).toBe(false)
  })

  it('does not stay for one that was killed, nor for a claim of one that never ran', async () => {
    const killed = shareInProcess(dataDir)
    expect(await killed.line()).toBe('ready')
    await killed.kill('SIGKILL')
    mkdirSync(join(dataDir, 'postgres/leaving'), { recursive: true })
    writeFileSync(join(dataDir, 'postgres/users/1-stale'), '')
    writeFileSync(join(dataDir, 'postgres/leaving/1-stale'), '')
    const next = await shareEmbeddedServer({ dataDir, log })
    await next.leave()
    expect(isRunning()).toBe(false)
  })

  it('is left to the platform that runs it', async () => {
    const platform = startInProcess(dataDir, STAY_ALIVE)
    expect(await platform.line()).toBe('ready')
    const visitor = await shareEmbeddedServer({ dataDir, log })
    await visitor.leave()
    expect(findRunningServer(dataDir)).toBeDefined()
    await platform.kill('SIGKILL')
  })

  it('is left to the platform that takes it over', async () => {
    const starter = shareInProcess(dataDir)
    expect(await starter.line()).toBe('ready')
    const stayer = shareInProcess(dataDir)
    expect(await stayer.line()).toBe('ready')
    await starter.kill('SIGTERM')
    const successor = await startEmbeddedServer({ dataDir, log })
    await stayer.kill('SIGTERM')
    expect(await query(successor.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
    await successor.stop()
  })

  it('is taken over from one that was killed, and not stopped by its watchdog', async () => {
    const killed = shareInProcess(dataDir)
    expect(await killed.line()).toBe('ready')
    await killed.kill('SIGKILL')
    const next = await shareEmbeddedServer({ dataDir, log })
    await new Promise((resolve) => setTimeout(resolve, WATCHDOG_LOOKS_MS))
    expect(await query(next.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
    await next.leave()
    expect(isRunning()).toBe(false)
  })
})
