import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import {
  dataFolderOf,
  query,
  recordedPort,
  removeFolder,
  startInProcess,
  STAY_ALIVE,
  temporaryFolder,
  until,
} from '../test/server-process'
import { findRunningServer } from './find-running-server'
import { livePostmaster } from './postmaster'
import { startEmbeddedServer, type EmbeddedServer, type EmbeddedServerOptions } from './start-embedded-server'

describe('an embedded server', () => {
  let dataDir: string
  const start = (options: Partial<EmbeddedServerOptions> = {}): Promise<EmbeddedServer> =>
    startEmbeddedServer({ dataDir, log: () => undefined, ...options })

  beforeEach(() => {
    dataDir = temporaryFolder()
  })
  afterEach(() => removeFolder(dataDir))

  describe('in a fresh folder that only its user can enter', () => {
    it('answers on this machine only, with a password that only its user can read, and keeps nothing off disk', async () => {
      const server = await start({ settings: { fsync: 'off', work_mem: '9MB' } })
      const names = ['listen_addresses', 'unix_socket_directories', 'fsync', 'full_page_writes', 'work_mem']
      const settings = await query(
        server.connectionString,
        `select name, current_setting(name) as value from unnest(array['${names.join(`','`)}']) name`,
      )
      expect(settings).toEqual([
        { name: 'listen_addresses', value: '127.0.0.1' },
        { name: 'unix_socket_directories', value: realpathSync(join(dataDir, 'postgres/server')) },
        { name: 'fsync', value: 'on' },
        { name: 'full_page_writes', value: 'on' },
        { name: 'work_mem', value: '9MB' },
      ])
      expect(server.adopted).toBe(false)
      expect(statSync(join(dataDir, 'postgres/server/password')).mode & 0o777).toBe(0o600)
      const withoutPassword = server.connectionString.replace(/postgres:[^@]*@/, 'postgres:guess@')
      await expect(query(withoutPassword, 'select 1')).rejects.toMatchObject({ code: '28P01' })
      await server.stop()
    })
  })

  describe('that is stopped and started again', () => {
    it('keeps its data, its port and its password', async () => {
      const first = await start()
      await query(first.connectionString, 'create table kept as select 42 as answer')
      await first.stop()
      await first.stop()
      const second = await start()
      expect(second.connectionString).toBe(first.connectionString)
      expect(await query(second.connectionString, 'select answer from kept')).toEqual([{ answer: 42 }])
      await second.stop()
      expect(livePostmaster(dataFolderOf(dataDir))).toBeUndefined()
    })
  })

  describe('whose port is taken meanwhile', () => {
    it('takes another one and remembers it', async () => {
      const first = await start()
      await first.stop()
      const stranger = createServer()
      await new Promise<void>((resolve) => stranger.listen(first.port, '127.0.0.1', resolve))
      const second = await start()
      expect(second.port).not.toBe(first.port)
      expect(recordedPort(dataDir)).toBe(second.port)
      await second.stop()
      stranger.close()
    })
  })

  describe('that runs', () => {
    it('is found by a visitor, and refuses a second start in its folder, by the same process and by another one', async () => {
      const server = await start()
      expect(findRunningServer(dataDir)?.connectionString).toBe(server.connectionString)
      await expect(start()).rejects.toThrow(`Process ${process.pid} already runs on this data folder.`)
      const other = startInProcess(dataDir, STAY_ALIVE)
      expect(await other.line()).toContain(`Process ${process.pid} already runs on this data folder.`)
      expect(await query(server.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
      await server.stop()
    })
  })

  describe('that two processes start at once', () => {
    it('runs in one of them', async () => {
      const processes = [startInProcess(dataDir, STAY_ALIVE), startInProcess(dataDir, STAY_ALIVE)]
      const lines = await Promise.all(processes.map((each) => each.line()))
      expect(lines.filter((line) => line === 'ready')).toHaveLength(1)
      expect(lines.filter((line) => line.includes('already runs on this data folder'))).toHaveLength(1)
      await Promise.all(processes.map((each) => each.kill('SIGKILL')))
    })
  })

  describe('whose creation was killed in the middle', () => {
    it('is made anew, and the leftovers are removed', async () => {
      const creator = startInProcess(dataDir, STAY_ALIVE)
      const folder = join(dataDir, 'postgres')
      await until(() => existsSync(folder) && readdirSync(folder).some((name) => halfDoneFilesIn(folder, name) > 5))
      await creator.kill('SIGKILL')
      expect(existsSync(join(folder, 'server'))).toBe(false)
      const server = await start()
      expect(await query(server.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
      expect(readdirSync(folder).filter((name) => name.startsWith('initializing-'))).toEqual([])
      await server.stop()
    })
  })

  describe('whose number belongs to another process after a restart of the machine', () => {
    it('starts, and leaves the stranger alone', async () => {
      const first = await start()
      await first.stop()
      const pidFile = [process.pid, dataFolderOf(dataDir), '0', first.port, '', '127.0.0.1', '1 1', 'ready', ''].join(
        '\n',
      )
      writeFileSync(join(dataFolderOf(dataDir), 'postmaster.pid'), pidFile)
      const socket = join(dataDir, `postgres/server/.s.PGSQL.${first.port}`)
      writeFileSync(socket, '')
      writeFileSync(`${socket}.lock`, pidFile)
      const second = await start()
      expect(second.adopted).toBe(false)
      expect(await query(second.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
      await second.stop()
    })
  })

  describe.each([
    ['whose path is too long for the address of a socket', 'a-folder'.repeat(12)],
    ['whose path would be read as a list of folders', 'one,two'],
  ])('in a folder %s', (_, name) => {
    it('is reached over loopback, also by a visitor', async () => {
      const folder = join(dataDir, name)
      const server = await startEmbeddedServer({ dataDir: folder, log: () => undefined })
      expect(server.connectionString).toContain(`@127.0.0.1:${server.port}/`)
      expect(findRunningServer(folder)?.connectionString).toBe(server.connectionString)
      expect(await query(server.connectionString, 'select 1 as one')).toEqual([{ one: 1 }])
      await server.stop()
    })
  })

  describe('whose data is of another major version', () => {
    it('says so and leaves it alone', async () => {
      mkdirSync(dataFolderOf(dataDir), { recursive: true })
      writeFileSync(join(dataFolderOf(dataDir), 'PG_VERSION'), '15\n')
      await expect(start()).rejects.toThrow('The data folder was made by PostgreSQL 15, and this is PostgreSQL 18')
      expect(readFileSync(join(dataFolderOf(dataDir), 'PG_VERSION'), 'utf8')).toBe('15\n')
    })
  })

  describe('that cannot start', () => {
    it('shows what it wrote to its log, and the folder is free for the next try', async () => {
      await expect(start({ settings: { shared_buffers: 'plenty' } })).rejects.toThrow(/shared_buffers.*"plenty"/s)
      const server = await start()
      await server.stop()
    })
  })
})

function halfDoneFilesIn(folder: string, name: string): number {
  if (!name.startsWith('initializing-')) return 0
  const data = join(folder, name, 'data')
  return existsSync(data) ? readdirSync(data).length : 0
}
