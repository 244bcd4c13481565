import fc from 'fast-check'
import { MemoryViews, sampleView, type SampleRow, type Where } from '@billstream/event-sourcing-runtime'
import { createTestDatabase } from '@billstream/testing'
import { openDatabase, type Database } from '../database/database'
import { postgresViews, type PostgresViews } from './postgres-views'
import { viewMigrations } from './view-migrations'
import { createViewSql } from './view-schema'

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const projection = { name: 'same', version: 1 }
const organizations = ['acme', 'other']

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('a', 'A', 'b', 'é', '\ue000', '\u{10000}', '%', '_', '\\', '\u0000', '\ud800'),
)
const uuid = fc.constantFrom('0190a1b2-0000-7000-8000-000000000001', '0190A1B2-0000-7000-8000-00000000000F')
const instant = fc.oneof(
  fc
    .date({ min: new Date('1900-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
    .map((date) => date.toISOString()),
  fc.constantFrom(
    '2026-01-01T00:00:00Z',
    '2026-01-01T00:00:00.000001Z',
    '2026-01-01T00:00:00.1Z',
    '2026-01-01T00:00:00.0000019Z',
  ),
)
const minor = fc.bigInt({ min: -(10n ** 18n) + 1n, max: 10n ** 18n - 1n }).map(String)
const decimal = fc
  .tuple(minor, fc.stringMatching(/^\d{1,12}$/), fc.boolean())
  .map(([whole, places, hasPlaces]) => (hasPlaces ? `${whole}.${places}` : whole))
const json = fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<unknown>
const integer = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -2, max: 2 }))
const orNull = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { nil: null })

const row: fc.Arbitrary<SampleRow> = fc.record({
  id: fc.constantFrom(...'abcdefgh', '\u0000', '\ue000', '\u{10000}'),
  organization_id: fc.constantFrom(...organizations),
  name: text,
  note: orNull(text),
  owner: uuid,
  parent: orNull(uuid),
  at: instant,
  until: orNull(instant),
  count: integer,
  size: orNull(integer),
  amount: minor,
  due: orNull(minor),
  rate: decimal,
  share: orNull(decimal),
  active: fc.boolean(),
  hidden: orNull(fc.boolean()),
  detail: json.filter((value) => value !== null),
  extra: orNull(json),
})

const commits = fc.array(
  fc.record({ upserts: fc.array(row, { maxLength: 6 }), removals: fc.subarray([...'abcdefgh']) }),
  { minLength: 1, maxLength: 5 },
)

const columns = ['id', 'name', 'note', 'owner', 'until', 'size', 'due', 'share', 'active', 'hidden'] as const

/** Conditions are made of values of the rows, so that they find something. */
function conditionOf(column: (typeof columns)[number], [first, second]: readonly SampleRow[]): Where<SampleRow>[] {
  const [one, two] = [first?.[column] ?? null, second?.[column] ?? null]
  const bounds = one === null || two === null ? [] : [{ gte: one }, { gt: one, lte: two }, { lt: two }]
  const conditions = [one, { in: [one, two] }, { not: one }, ...bounds]
  return conditions.map((condition) => ({ [column]: condition }))
}

describe('views on PostgreSQL and in memory', () => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>
  let database: Database
  let postgres: PostgresViews

  beforeAll(async () => {
    test = await createTestDatabase()
    database = await openDatabase({ connectionString: test.connectionString, poolMax: 2, log })
    await database.migrate([...viewMigrations, { name: 'same-0001', up: createViewSql(sampleView) }])
    postgres = postgresViews(database)
  })

  afterAll(async () => {
    await postgres.close()
    await database.close()
    await test.drop()
  })

  it('hold the same rows, and find and sort them alike, after the same changes', async () => {
    await fc.assert(
      fc.asyncProperty(commits, async (history) => {
        const memory = new MemoryViews({ sleep: () => Promise.resolve() })
        for (const writer of [memory, postgres.writer]) {
          await writer.reset(projection, sampleView)
          for (const [index, { upserts, removals }] of history.entries()) {
            const move = { from: BigInt(index), to: BigInt(index + 1) }
            expect(await writer.commit(projection, move, { view: sampleView, upserts, removals })).toBe(true)
          }
        }
        const everything = await memory.findAnywhere(sampleView, { limit: 100 })
        expect(await postgres.anywhere.findAnywhere(sampleView, { limit: 100 })).toEqual(everything)
        for (const column of columns) await compare(memory, column, everything)
      }),
      { numRuns: 40 },
    )
  })

  async function compare(memory: MemoryViews, column: (typeof columns)[number], rows: SampleRow[]): Promise<void> {
    const wheres = [{}, ...conditionOf(column, rows)]
    for (const [index, where] of wheres.entries()) {
      const organization = organizations[index % 2] ?? ''
      const orderBy = { column, direction: index % 3 ? 'asc' : 'desc' } as const
      const options = { where, orderBy, skip: index % 2, limit: 4 }
      expect(await postgres.reader.find(sampleView, organization, options)).toEqual(
        await memory.find(sampleView, organization, options),
      )
      expect(await postgres.reader.count(sampleView, organization, where)).toBe(
        await memory.count(sampleView, organization, where),
      )
    }
  }
})
