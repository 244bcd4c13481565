import { Client } from 'pg'
import { createTestDatabase } from '@billstream/testing'
import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import { openDatabase, type Database } from './database'
import type { Migration } from './migrations'
import { TenantsNotSeparated } from './tenant-safety'
import { RolesMissing } from './roles'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const notes: Migration = {
  name: 'notes-0001',
  up: `
    create schema notes;
    grant usage on schema notes to billstream_app, billstream_worker;
    create table notes.note (
      id text primary key, organization_id text not null, amount numeric(18,0), big bigint, at timestamptz, body json);
    alter table notes.note enable row level security;
    alter table notes.note force row level security;
    create policy tenant on notes.note to billstream_app
      using (organization_id = current_setting('app.organization', true));
    create policy worker on notes.note to billstream_worker using (true) with check (true);
    grant select, insert, update, delete on notes.note to billstream_worker;
    grant select, insert on notes.note to billstream_app;`,
}

describe('a database', () => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>
  let database: Database

  beforeAll(async () => {
    test = await createTestDatabase()
    database = await openDatabase({ connectionString: test.connectionString, poolMax: 2, log })
    await database.migrate([notes])
    await database.worker.execute({
      text: `insert into notes.note select o || n, o, 1, 2, '2026-01-02T03:04:05.123456Z', '{"a": "b"}'
             from unnest(array['acme', 'other']) o, generate_series(1, 3) n`,
    })
  })

  afterAll(async () => {
    await database.close()
    await test.drop()
  })

  describe('migrated', () => {
    it('runs each migration once', async () => {
      expect(await database.pendingMigrations([notes])).toEqual([])
      expect(await database.migrate([notes])).toEqual([])
    })

    it('leaves nothing of a migration that fails', async () => {
      const broken = { name: 'broken', up: 'create table notes.half (id int); select 1 / 0' }
      await expect(database.migrate([broken])).rejects.toThrow('division by zero')
      expect(await database.pendingMigrations([broken])).toEqual(['broken'])
      expect(await database.worker.query({ text: `select to_regclass('notes.half') as half` })).toEqual([
        { half: null },
      ])
    })

    it('runs in one process at a time', async () => {
      const slow = { name: 'slow', up: 'select pg_sleep(0.05); create table notes.slow (id int)' }
      const ran = await Promise.all([database.migrate([slow]), database.migrate([slow]), database.migrate([slow])])
      expect(ran.flat()).toEqual(['slow'])
    })
  })

  describe('asked by a tenant', () => {
    it('shows only its own rows, whatever the statement asks for', async () => {
      const rows = await database.tenant.rows<{ id: string }>('acme', { text: 'select id from notes.note order by id' })
      expect(rows.map(({ id }) => id)).toEqual(['acme1', 'acme2', 'acme3'])
    })

    it('shows nothing without an organization', async () => {
      await database.tenant.rows('acme', { text: 'select 1' })
      for (let use = 0; use < 4; use += 1) {
        expect(await database.app.query({ text: 'select id from notes.note' })).toEqual([])
      }
    })

    it('does not write rows of another tenant', async () => {
      const foreign = { text: 'insert into notes.note (id, organization_id) values ($1, $2)', values: ['x', 'other'] }
      await expect(database.tenant.execute('acme', foreign)).rejects.toThrow('row-level security')
    })

    it('cannot return to the owner by RESET', async () => {
      const [, , after] = await database.app.group([
        { text: 'reset role' },
        { text: 'reset all' },
        { text: 'select current_user::text as role' },
      ])
      expect(after?.rows).toEqual([{ role: 'billstream_app' }])
    })

    it('gives exact values as text', async () => {
      const [row] = await database.tenant.rows('acme', { text: 'select amount, big, at, body from notes.note' })
      expect(row).toEqual({ amount: '1', big: '2', at: '2026-01-02T03:04:05.123456Z', body: { a: 'b' } })
    })
  })

  it('takes any text in an array', async () => {
    const texts = ['plain', '', 'NULL', 'a"b', 'a\\b', '\\"', '{a,b}', ' a ', "it's", 'line\nbreak', 'é😀', null]
    const [row] = await database.worker.query({ text: 'select to_json($1::text[]) as texts', values: [texts] })
    expect(row).toEqual({ texts })
  })

  describe('given a statement that fails', () => {
    const good = { name: 'good', text: 'select $1::int as value', values: [1] }

    it('reports it and goes on with the same connection', async () => {
      const bad = { name: 'bad', text: 'select 1 / $1::int as value', values: [0] }
      for (let use = 0; use < 4; use += 1) {
        await expect(database.tenant.rows('acme', bad)).rejects.toThrow('division by zero')
        expect(await database.tenant.rows('acme', good)).toEqual([{ value: 1 }])
        expect(await database.tenant.rows('acme', { ...bad, values: [1] })).toEqual([{ value: 1 }])
      }
    })

    it('reports a failure of the first and undoes nothing else', async () => {
      await expect(database.tenant.rows('a\u0000b', good)).rejects.toThrow('invalid byte sequence')
      expect(await database.tenant.rows('acme', good)).toEqual([{ value: 1 }])
    })

    it('parses a statement again that was wrong when it was first seen', async () => {
      const early = { name: 'early', text: 'select count(*) as n from notes.later' }
      await expect(database.worker.query(early)).rejects.toThrow('does not exist')
      await database.migrate([
        { name: 'later', up: 'create table notes.later (id int); grant select on notes.later to billstream_worker' },
      ])
      expect(await database.worker.query(early)).toEqual([{ n: '0' }])
    })

    it('undoes the whole group', async () => {
      const insert = { text: `insert into notes.note (id, organization_id) values ('g', 'acme')` }
      await expect(database.worker.group([insert, { text: 'select 1 / 0' }])).rejects.toThrow('division by zero')
      expect(await database.worker.query({ text: `select id from notes.note where id = 'g'` })).toEqual([])
    })

    it('refuses one name for two texts before anything is sent', async () => {
      await database.worker.group([good])
      await expect(
        database.worker.group([
          { name: 'two', text: 'select 1' },
          { name: 'two', text: 'select 2' },
        ]),
      ).rejects.toThrow('stands for two texts')
      expect(await database.worker.query(good)).toEqual([{ value: 1 }])
    })
  })

  describe('with a pipeline', () => {
    it('runs statements in their order without waiting for an answer, each in its own transaction', async () => {
      const { pipeline } = database
      const add = { name: 'pipe_add', text: 'insert into notes.note (id, organization_id) values ($1, $2)' }
      const count = { name: 'pipe_count', text: `select count(*)::int as n from notes.note where id like 'pipe%'` }
      const answers = await Promise.allSettled([
        pipeline.query({ ...add, values: ['pipe1', 'acme'] }),
        pipeline.query(count),
        pipeline.query({ ...add, values: ['pipe1', 'acme'] }),
        pipeline.query({ ...add, values: ['pipe2', 'acme'] }),
        pipeline.query(count),
      ])
      expect(answers).toMatchObject([
        { status: 'fulfilled' },
        { value: [{ n: 1 }] },
        { status: 'rejected', reason: { message: expect.stringContaining('duplicate key') as unknown } },
        { status: 'fulfilled' },
        { value: [{ n: 2 }] },
      ])
    })

    it('acts for the worker and gives exact values', async () => {
      const text = `select current_user::text as role, 1::bigint as big, array['a']::text[] = $1 as same`
      const [row] = await database.pipeline.query({ text, values: [['a']] })
      expect(row).toEqual({ role: 'billstream_worker', big: '1', same: true })
    })
  })

  describe('in a transaction', () => {
    it('undoes the work that throws and gives the connection back', async () => {
      for (let use = 0; use < 3; use += 1) {
        const work = database.worker.transaction(async (queries) => {
          await queries.execute({ text: `insert into notes.note (id, organization_id) values ('t', 'acme')` })
          throw new Error('changed my mind')
        })
        await expect(work).rejects.toThrow('changed my mind')
      }
      expect(await database.worker.query({ text: `select id from notes.note where id = 't'` })).toEqual([])
    })
  })

  describe('whose connections are lost', () => {
    async function endConnections(): Promise<void> {
      const owner = await ownerOf(test.connectionString)
      await owner.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and datname = current_database()`)
      await owner.end()
    }

    async function untilHeard(): Promise<void> {
      let isHeard = false
      const stop = database.notifications.listen('first', { heard: () => (isHeard = true), resumed: () => undefined })
      while (!isHeard) await firstAnswer(() => database.worker.query({ text: `select pg_notify('first', '')` }))
      stop()
    }

    it('says that the store is unavailable, and works again', async () => {
      const sleeping = expect(database.app.query({ text: 'select pg_sleep(5)' })).rejects.toThrow(StoreUnavailable)
      await database.worker.query({ text: 'select 1' })
      await endConnections()
      await sleeping
      expect(await firstAnswer(() => database.app.query({ text: 'select 1 as value' }))).toEqual([{ value: 1 }])
    })

    it('fails all that is in its pipeline as unavailable, and opens it again', async () => {
      const statements = ['select pg_sleep(5)', 'select 1', 'select 2'].map((text) => database.pipeline.query({ text }))
      const failing = Promise.all(statements.map((each) => expect(each).rejects.toThrow(StoreUnavailable)))
      await database.worker.query({ text: 'select 1' })
      await endConnections()
      await failing
      expect(await firstAnswer(() => database.pipeline.query({ text: 'select 1 as value' }))).toEqual([{ value: 1 }])
      const open = `select count(*)::int as open from pg_stat_activity
                     where application_name = 'billstream pipeline' and datname = current_database()`
      expect(await database.pipeline.query({ text: open })).toEqual([{ open: 1 }])
    })

    it('hears other processes again', async () => {
      const heard: string[] = []
      let resumed = (): void => undefined
      // It may still be coming back from a loss before: then it would be back before it is lost here.
      await untilHeard()
      const back = new Promise<void>((resolve) => (resumed = resolve))
      const stop = database.notifications.listen('tests', { heard: (payload) => heard.push(payload), resumed })
      await endConnections()
      await back
      const answered = new Promise<string>((resolve) =>
        database.notifications.listen('tests', { heard: resolve, resumed: () => undefined }),
      )
      await database.worker.query({ text: `select pg_notify('tests', 'hello')` })
      expect(await answered).toBe('hello')
      stop()
    })

    it('says from when on it hears a channel, to each who listens', async () => {
      for (let listener = 0; listener < 2; listener += 1) {
        const heard: string[] = []
        await new Promise<void>((resolve) => {
          const each = { heard: (payload: string) => heard.push(payload), resumed: () => undefined, listening: resolve }
          database.notifications.listen('said', each)
        })
        await database.worker.query({ text: `select pg_notify('said', 'at once')` })
        while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve))
        expect(heard).toEqual(['at once'])
      }
    })
  })

  describe('in which a request could pass row-level security', () => {
    it('names the table without forced policies', async () => {
      const open = {
        name: 'open',
        up: `create table notes.open (id text, organization_id text); grant select on notes.open to billstream_app`,
      }
      await expect(database.migrate([open])).rejects.toThrow('table notes.open has no FORCE ROW LEVEL SECURITY')
      await expect(database.assertTenantsSeparated()).rejects.toThrow(TenantsNotSeparated)
      await database.migrate([{ name: 'closed', up: 'drop table notes.open' }])
    })

    it('names the table that belongs to the role of requests', async () => {
      await database.migrate([{ name: 'given', up: 'create table notes.given (organization_id text)' }])
      const owner = await ownerOf(test.connectionString)
      await owner.query('alter table notes.given owner to billstream_app')
      await expect(database.assertTenantsSeparated()).rejects.toThrow(
        'table notes.given belongs to role billstream_app',
      )
      await owner.query('drop table notes.given')
      await owner.end()
    })
  })

  describe('whose user may not make roles', () => {
    const user = `plain_${process.pid}`

    afterEach(async () => {
      const administrator = await ownerOf(test.connectionString)
      await administrator.query(`drop role ${user}`)
      await administrator.end()
    })

    it('answers with the SQL to run, and works for a plain user once it has run', async () => {
      const own = await createTestDatabase()
      const administrator = await ownerOf(own.connectionString)
      await administrator.query(`create role ${user} login password 'plain'`)
      const url = new URL(own.connectionString)
      url.username = user
      url.password = 'plain'
      const options = { connectionString: url.toString(), poolMax: 1, log }
      const refused: unknown = await openDatabase(options).catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(RolesMissing)
      const statements = (refused as Error).message.split('\n').filter((line) => /^ {2}grant/.test(line))
      for (const statement of statements) await administrator.query(statement)
      const plain = await openDatabase(options)
      expect(await plain.migrate([notes])).toEqual([notes.name])
      await plain.close()
      await administrator.end()
      await own.drop()
    })
  })

  it('that is away is unavailable', async () => {
    const away = openDatabase({ connectionString: 'postgres://u:p@127.0.0.1:1/none', poolMax: 1, log })
    await expect(away).rejects.toThrow(StoreUnavailable)
  })
})

async function ownerOf(connectionString: string): Promise<Client> {
  const client = new Client({ connectionString })
  await client.connect()
  return client
}

/** A connection that was idle may be found dead by the statement after: at most one for each of the pool. */
async function firstAnswer<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || attempt === 5) throw error
    }
  }
}
