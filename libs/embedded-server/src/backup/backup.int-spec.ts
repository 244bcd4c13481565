import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'
import { query as ask, removeFolder, temporaryFolder } from '../../test/server-process'
import { startEmbeddedServer, type EmbeddedServer } from '../start-embedded-server'
import { backupServer, type BackupOptions, type Query } from './backup-server'
import { restoreServer, type RestoreOptions } from './restore-server'

const ROWS_OF_ONE = 3

/** The number of rows, which stands still until the backup's moment is marked. */
async function countRows(query: Query): Promise<unknown> {
  await query('lock table written in share mode')
  return (await query('select count(*)::int as rows from written'))[0]?.['rows']
}

describe('a backup of a server that is written to', () => {
  let home: string
  let server: EmbeddedServer
  const stop = new AbortController()
  let writing: Promise<void>
  /** Around the moment at which it ended. */
  const ending = { fromMs: 0, toMs: 0 }
  const file = () => join(home, 'backup.tar.gz')
  const dataDir = () => join(home, 'data')

  const backup = (changes: Partial<BackupOptions> = {}) =>
    backupServer({
      ...{ dataDir: dataDir(), connectionString: server.connectionString, file: file() },
      ...{ startedAt: '2026-07-01T00:00:00.000Z', describe: countRows },
      ...{ signal: new AbortController().signal, progress: () => undefined, removed: () => undefined, ...changes },
    })
  const restore = (into: string, changes: Partial<RestoreOptions> = {}) =>
    restoreServer({
      ...{ file: file(), dataDir: join(home, into), verify: () => Promise.resolve() },
      ...{ log: () => undefined, signal: new AbortController().signal, progress: () => undefined },
      ...{ removed: () => undefined, ...changes },
    })
  const partials = () => readdirSync(home).filter((name) => /partial|restoring/.test(name))

  /** Several rows in each transaction, one after the other, without a pause. */
  async function write(): Promise<void> {
    const client = new Client({ connectionString: server.connectionString })
    await client.connect()
    try {
      for (let round = 0; !stop.signal.aborted; round += 1) {
        await client.query(
          `insert into written select $1::int, part, repeat(md5($1::text), 30) from generate_series(1, ${ROWS_OF_ONE}) part`,
          [round],
        )
      }
    } finally {
      await client.end()
    }
  }

  beforeAll(async () => {
    home = temporaryFolder()
    mkdirSync(dataDir())
    writeFileSync(join(dataDir(), 'secrets.json'), '{"serverSecret":"kept"}', { mode: 0o600 })
    writeFileSync(join(dataDir(), 'demo-key'), 'key', { mode: 0o600 })
    server = await startEmbeddedServer({ dataDir: dataDir(), log: () => undefined })
    await ask(
      server.connectionString,
      'create table written (round int, part int, filling text, primary key (round, part))',
    )
    writing = write()
    const describe = (query: Query) => {
      ending.fromMs = Date.now()
      return countRows(query)
    }
    await backup({ describe })
    ending.toMs = Date.now()
  })
  afterAll(async () => {
    stop.abort()
    await writing
    await server.stop()
    await removeFolder(dataDir())
    await removeFolder(home)
  })

  it('is restored as it was at its moment, whole transactions only, with the secrets', async () => {
    let described: unknown
    const { manifest } = await restore('restored', {
      verify: async (query, { described: said }) => {
        described = said
        expect(await countRows(query)).toBe(said)
        const [gaps] = await query(
          `select count(*)::int as rounds, max(round)::int as last, count(*) filter (where parts <> ${ROWS_OF_ONE})::int as torn
             from (select round, count(*) as parts from written group by round) each`,
        )
        expect(gaps).toEqual({ rounds: Number(said) / ROWS_OF_ONE, last: Number(said) / ROWS_OF_ONE - 1, torn: 0 })
      },
    })
    expect(Number(described)).toBeGreaterThan(0)
    expect(manifest.described).toBe(described)
    expect(manifest.endedAt).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:]{8}\.\d{6}Z$/)
    expect(Date.parse(manifest.endedAt ?? '')).toBeGreaterThanOrEqual(ending.fromMs)
    expect(Date.parse(manifest.endedAt ?? '')).toBeLessThanOrEqual(ending.toMs)
    expect(readFileSync(join(home, 'restored/secrets.json'), 'utf8')).toContain('kept')
    expect(readFileSync(join(home, 'restored/demo-key'), 'utf8')).toBe('key')
    expect(statSync(file()).mode & 0o077).toBe(0)
    expect(statSync(join(home, 'restored/secrets.json')).mode & 0o077).toBe(0)
    const again = await startEmbeddedServer({ dataDir: join(home, 'restored'), log: () => undefined })
    await ask(again.connectionString, `insert into written values (-1, 1, 'new')`)
    expect(await ask(again.connectionString, 'select count(*)::int as rows from written')).toEqual([
      { rows: Number(described) + 1 },
    ])
    await again.stop()
    await removeFolder(join(home, 'restored'))
    expect(partials()).toEqual([])
  })

  it('holds back nobody, and leaves no slot that would keep the log for ever', async () => {
    expect(await ask(server.connectionString, 'select slot_name from pg_replication_slots')).toEqual([])
  })

  it('that is broken off leaves no file', async () => {
    const interruption = new AbortController()
    const other = join(home, 'other.tar.gz')
    const broken = backup({ file: other, signal: interruption.signal, progress: () => interruption.abort() })
    await expect(broken).rejects.toMatchObject({ name: 'AbortError' })
    await expect(backup({ file: other, describe: () => Promise.reject(new Error('no')) })).rejects.toThrow('no')
    await expect(backup({ file: join(home, 'nowhere', 'b') })).rejects.toMatchObject({ code: 'ENOENT' })
    expect([existsSync(other), partials()]).toEqual([false, []])
  })

  it('takes the place of no file', async () => {
    await expect(backup()).rejects.toThrow('exists already')
  })

  it('goes into no folder that holds anything', async () => {
    await expect(restore('data')).rejects.toThrow('is not empty')
    expect(existsSync(join(dataDir(), 'secrets.json'))).toBe(true)
  })

  it.each([
    // One bit may stand for another match of equal bytes, among so many empty pages: then nothing is damaged.
    ...[0, 1, 2, 3, 4, 5, 6, 7, 8].map((part): [string, (bytes: Buffer) => Buffer] => [
      `64 bytes behind ${part} tenths are others`,
      (bytes) => inverted(bytes, Math.trunc((bytes.length * part) / 10) + 32, 64),
    ]),
    ['its end is missing', (bytes: Buffer) => bytes.subarray(0, bytes.length - 1_000)],
    [
      'its checksum is another',
      (bytes: Buffer) => bytes.fill(bytes.readUInt8(bytes.length - 6) ^ 1, bytes.length - 6, bytes.length - 5),
    ],
    ['it is something else', () => Buffer.from('no archive')],
    ['it is empty', () => Buffer.alloc(0)],
  ])('is refused when %s', async (_, damage) => {
    const damaged = join(home, 'damaged.tar.gz')
    writeFileSync(damaged, damage(readFileSync(file())))
    await expect(restore('damaged', { file: damaged })).rejects.toMatchObject({ name: 'BackupUnusable' })
    expect([existsSync(join(home, 'damaged')), partials()]).toEqual([false, []])
  })

  it('is undone where its data is not what it was', async () => {
    const refusing = restore('unlike', { verify: () => Promise.reject(new Error('unlike')) })
    await expect(refusing).rejects.toThrow('unlike')
    expect([existsSync(join(home, 'unlike')), partials()]).toEqual([false, []])
  })
})

/** A copy with so many bytes inverted. */
function inverted(bytes: Buffer, from: number, count: number): Buffer {
  return Buffer.from(bytes.map((byte, index) => (index >= from && index < from + count ? byte ^ 0xff : byte)))
}
