import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { query, removeFolder, temporaryFolder } from '../test/server-process'
import { findBinaries, type Binaries } from './binaries'
import { openCluster, SUPERUSER } from './cluster'
import { accountOfNobody, canRun, findOperatingAccount, waysOfRoot, type OperatingAccount } from './operating-account'
import { awaitPostmaster, signalPostmaster } from './postmaster'
import { runServer } from './run-server'

const [inNamespace, withRights, plain] = waysOfRoot(accountOfNobody(readFileSync('/etc/passwd', 'utf8')))

/** Starts and stops a server in the folder under the account; resolves with its answer to `select 1`. */
async function runUnder(account: OperatingAccount, folder: string, binaries: Binaries): Promise<unknown[]> {
  mkdirSync(folder, { recursive: true, mode: 0o711 })
  const cluster = await openCluster(folder, binaries, account)
  const { port } = await runServer(
    { ...cluster, binaries, account },
    { settings: {}, log: () => undefined, boundMs: 30_000 },
  )
  const address = `postgresql://${SUPERUSER}:${cluster.password}@127.0.0.1:${port}/postgres`
  const answer = await query(address, 'select 1 as one')
  signalPostmaster(cluster.dataFolder, 'SIGINT')
  await awaitPostmaster(cluster.dataFolder, 10_000, (seen) => seen === undefined)
  return answer
}

describe('root', () => {
  let closed: string
  let binaries: Binaries

  beforeAll(() => {
    closed = temporaryFolder()
    const native = dirname(dirname(findBinaries().postgres))
    cpSync(native, join(closed, 'native'), { recursive: true, verbatimSymlinks: true })
    binaries = { initdb: join(closed, 'native/bin/initdb'), postgres: join(closed, 'native/bin/postgres') }
  })
  afterAll(() => removeFolder(closed))

  describe('with programs and data in a folder that only root can enter', () => {
    it('finds a way', () => {
      expect(['user-namespace', 'kept-file-rights']).toContain(findOperatingAccount(binaries.initdb, closed).way)
      expect(canRun(plain, binaries.initdb, closed)).toBe(false)
    })

    it.each([inNamespace, withRights].filter((account) => canRun(account, findBinaries().initdb, tmpdir())))(
      'runs a server by $way',
      async (account) => {
        expect(await runUnder(account, join(closed, account.way), binaries)).toEqual([{ one: 1 }])
      },
    )
  })

  describe('with programs and data in folders that anyone can enter', () => {
    it('runs a server under the plain account of nobody, and the same data later by another way', async () => {
      const open = temporaryFolder()
      chmodSync(open, 0o755)
      const folder = join(open, 'postgres')
      for (const account of [plain, inNamespace, withRights, plain].filter((way) =>
        canRun(way, findBinaries().initdb, tmpdir()),
      )) {
        expect(await runUnder(account, folder, findBinaries())).toEqual([{ one: 1 }])
      }
      await removeFolder(open)
    })
  })

  describe('with data in a folder of another user that nobody else can enter', () => {
    it('passes over the user namespace, in which root is a guest there', () => {
      const home = temporaryFolder()
      chownSync(home, 4321, 4321)
      expect(canRun(inNamespace, '/bin/sh', home)).toBe(false)
      expect(canRun(plain, '/bin/sh', home)).toBe(false)
      rmSync(home, { recursive: true })
    })
  })
})
