import { once } from 'node:events'
import { join } from 'node:path'
import { Client } from 'pg'
import {
  dataFolderOf,
  killServer,
  killWatchdog,
  query,
  removeFolder,
  startInProcess,
  STAY_ALIVE,
  temporaryFolder,
  until,
} from '../test/server-process'
import { livePostmaster } from './postmaster'
import { startEmbeddedServer, type EmbeddedServer } from './start-embedded-server'

describe('an embedded server', () => {
  let dataDir: string
  let said: string[]
  const start = (): Promise<EmbeddedServer> => startEmbeddedServer({ dataDir, log: (message) => said.push(message) })
  const running = (): number | undefined => livePostmaster(dataFolderOf(dataDir))?.pid

  const stillEnding = (): number => said.filter((message) => message.includes('still ending')).length

  beforeEach(() => {
    dataDir = temporaryFolder()
    said = []
  })
  afterEach(() => removeFolder(dataDir))

  /** A server that nobody has stopped: its Node process was killed, and the watchdog of that one too. */
  async function orphanedServer(): Promise<number | undefined> {
    const owner = startInProcess(dataDir, STAY_ALIVE)
    expect(await owner.line()).toBe('ready')
    killWatchdog(dataDir)
    await owner.kill('SIGKILL')
    return running()
  }

  describe('whose Node process was killed', () => {
    it('is stopped, and the next start has its data', async () => {
      const before = await start()
      await query(before.connectionString, 'create table kept as select 42 as answer')
      await before.stop()
      const owner = startInProcess(dataDir, STAY_ALIVE)
      expect(await owner.line()).toBe('ready')
      await owner.kill('SIGKILL')
      await until(() => running() === undefined)
      const after = await start()
      expect(after.adopted).toBe(false)
      expect(await query(after.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
      await after.stop()
    })

    it('answers a start that comes at once', async () => {
      const owner = startInProcess(dataDir, STAY_ALIVE)
      expect(await owner.line()).toBe('ready')
      await owner.kill('SIGKILL')
      const server = await start()
      await query(server.connectionString, 'create table kept as select 42 as answer')
      expect(await query(server.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
      await server.stop()
      expect(running()).toBeUndefined()
    })

    it('is stopped also where it was killed while it started the server', async () => {
      const owner = startInProcess(dataDir, STAY_ALIVE)
      await until(() => running() !== undefined)
      await owner.kill('SIGKILL')
      await until(() => running() === undefined)
    })
  })

  describe('whose Node process and watchdog were killed', () => {
    it('lives on, is adopted with its data, and is stopped by the new process', async () => {
      const pid = await orphanedServer()
      expect(pid).toBeDefined()
      const server = await start()
      expect(server.adopted).toBe(true)
      expect(running()).toBe(pid)
      await query(server.connectionString, 'create table kept as select 42 as answer')
      expect(await query(server.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
      await server.stop()
      expect(running()).toBeUndefined()
    })
  })

  describe('that was killed while its Node process lives', () => {
    it('is started again on its port, with what was committed', async () => {
      const server = await start()
      await query(server.connectionString, 'create table kept as select 42 as answer')
      const killed = running() ?? 0
      process.kill(killed, 'SIGKILL')
      await until(() => running() !== undefined && running() !== killed)
      await until(async () => (await query(server.connectionString, 'select 1').catch(() => undefined)) !== undefined)
      expect(await query(server.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
      expect(said).toContain('PostgreSQL has ended unexpectedly and is started again.')
      await server.stop()
      expect(running()).toBeUndefined()
    })
  })

  describe('whose Node process was killed, and which is just told to stop', () => {
    it('is adopted no more, but started anew', async () => {
      const pid = await orphanedServer()
      process.kill(pid ?? 0, 'SIGINT')
      const server = await start()
      expect(server.adopted).toBe(false)
      expect(await query(server.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
      await server.stop()
    })
  })

  describe('killed together with its Node process', () => {
    it('starts at once and has what was committed', async () => {
      const before = await start()
      await query(before.connectionString, 'create table kept as select 42 as answer')
      await before.stop()
      await orphanedServer()
      const { connectionString } = before
      await query(connectionString, 'insert into kept values (43)')
      await killServer(dataDir)
      const after = await start()
      expect(after.adopted).toBe(false)
      expect(await query(after.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }, { answer: 43 }])
      await after.stop()
    })
  })

  describe('killed while a process of it does not end', () => {
    it('waits until that process has ended', async () => {
      const before = await start()
      const client = new Client({ connectionString: before.connectionString })
      client.on('error', () => undefined)
      await client.connect()
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      const backend = rows[0]?.pid ?? 0
      // As one that computes without any input or output: it looks up only when it is done.
      process.kill(backend, 'SIGSTOP')
      await before.leave()
      await killServer(dataDir)
      const starting = start()
      await until(() => stillEnding() > 0)
      process.kill(backend, 'SIGCONT')
      const after = await starting
      expect(stillEnding()).toBe(1)
      expect(after.adopted).toBe(false)
      await after.stop()
    })
  })

  describe.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
    'that a %s reached first, with a client connected',
    (signal) => {
      it('is stopped without an error', async () => {
        const server = await start()
        const client = new Client({ connectionString: server.connectionString })
        client.on('error', () => undefined)
        await client.connect()
        process.kill(running() ?? 0, signal)
        await server.stop()
        expect(running()).toBeUndefined()
        const again = await start()
        await again.stop()
      })
    },
  )

  describe('whose process group gets Ctrl-C', () => {
    it('still answers while the application drains, and ends with it', async () => {
      const pg = JSON.stringify(join(process.cwd(), 'node_modules/pg'))
      const drain = `
        const { Client } = require(${pg})
        process.once('SIGINT', async () => {
          const client = new Client({ connectionString: server.connectionString })
          await client.connect()
          console.log('drained ' + (await client.query('select 1 as one')).rows[0].one)
          await client.end()
          await server.stop()
          console.log('stopped')
        })
        const idle = setInterval(() => {}, 1000)
        process.once('SIGINT', () => clearInterval(idle))`
      const owner = startInProcess(dataDir, drain)
      expect(await owner.line()).toBe('ready')
      process.kill(-(owner.child.pid ?? 0), 'SIGINT')
      expect(await owner.line()).toBe('drained 1')
      expect(await owner.line()).toBe('stopped')
      if (owner.child.exitCode === null) await once(owner.child, 'exit')
      expect(owner.child.exitCode).toBe(0)
      expect(running()).toBeUndefined()
    })
  })

  describe('whose Node process ends without stopping it', () => {
    it('ends as well', async () => {
      const owner = startInProcess(dataDir, 'setImmediate(() => process.exit(0))')
      expect(await owner.line()).toBe('ready')
      await until(() => running() === undefined)
    })
  })
})
