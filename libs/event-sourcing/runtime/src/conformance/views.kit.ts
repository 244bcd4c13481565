import { col, defineView, type Position, type ViewRow } from '@billstream/event-sourcing-core'
import { timeOrderedId } from '@billstream/kernel'
import type { CrossTenantViewReader, ViewProgress, ViewReader, ViewWriter, Where } from '../ports/views.port'

/** The views under test. */
export interface ViewsUnderTest {
  readonly reader: ViewReader
  readonly anywhere: CrossTenantViewReader
  readonly writer: ViewWriter
  readonly progress: ViewProgress
  /** A second program on the same data; adapters of one process only have none. */
  readonly another?: Pick<ViewsUnderTest, 'writer' | 'progress'>
  readonly stop: () => Promise<void>
}

/** A column of each kind, with and without null. The adapter's spec makes its table. */
export const sampleView = defineView(
  'conformance',
  'sample',
  {
    name: col.text,
    note: col.nullable(col.text),
    owner: col.uuid,
    parent: col.nullable(col.uuid),
    at: col.instant,
    until: col.nullable(col.instant),
    count: col.integer,
    size: col.nullable(col.integer),
    amount: col.minor,
    due: col.nullable(col.minor),
    rate: col.decimal,
    share: col.nullable(col.decimal),
    active: col.boolean,
    hidden: col.nullable(col.boolean),
    detail: col.json<unknown>(),
    extra: col.nullable(col.json<unknown>()),
  },
  [['owner'], ['name', 'at']],
)
export type SampleRow = ViewRow<typeof sampleView>

type Given = () => ViewsUnderTest

/** What every adapter of the views must do. `start` gives empty views in which `sampleView` exists. */
export function viewsConformance(name: string, start: () => Promise<ViewsUnderTest>): void {
  describe(`views: ${name}`, () => {
    let subject: ViewsUnderTest
    const given = (): ViewsUnderTest => subject

    beforeAll(async () => {
      subject = await start()
    })
    afterAll(() => subject.stop())

    writing(given)
    reading(given)
    searching(given)
    separating(given)
    waiting(given)
  })
}

function writing(given: Given): void {
  describe('a projection', () => {
    it('has no checkpoint before it has run, and none at another version', async () => {
      const { writer } = given()
      const projection = { name: timeOrderedId(), version: 1 }
      expect(await writer.checkpoint(projection)).toBeUndefined()
      await writer.reset(projection, sampleView)
      expect(await writer.checkpoint(projection)).toBe(0n)
      expect(await writer.checkpoint({ ...projection, version: 2 })).toBeUndefined()
    })

    it('commits rows and checkpoint together', async () => {
      const { writer } = given()
      const projection = await started(writer)
      const [kept, removed] = [sampleRow(), sampleRow()]
      expect(await writer.commit(projection, { from: 0n, to: 5n }, writes([kept, removed]))).toBe(true)
      const changed = { ...kept, name: 'changed', note: null }
      expect(await writer.commit(projection, { from: 5n, to: 7n }, writes([changed], [removed.id]))).toBe(true)
      expect(await writer.checkpoint(projection)).toBe(7n)
      expect(await writer.load(sampleView, [kept.id, removed.id, 'none'])).toEqual([changed])
    })

    it('that is stale changes nothing', async () => {
      const { writer, another } = given()
      const projection = await started(writer)
      const other = another?.writer ?? writer
      const row = sampleRow()
      expect(await other.commit(projection, { from: 0n, to: 5n }, writes([row]))).toBe(true)
      expect(await writer.commit(projection, { from: 0n, to: 6n }, writes([{ ...row, name: 'stale' }]))).toBe(false)
      expect(await writer.commit(projection, { from: 4n, to: 6n }, writes([], [row.id]))).toBe(false)
      expect(await writer.commit({ ...projection, version: 2 }, { from: 5n, to: 6n }, writes([], [row.id]))).toBe(false)
      expect(await writer.commit(projection, { from: 3n, to: 6n }, writes([]))).toBe(false)
      expect(await writer.load(sampleView, [row.id])).toEqual([row])
      expect(await writer.checkpoint(projection)).toBe(5n)
    })

    it('of which two hold the same place: one of them wins', async () => {
      const { writer, another } = given()
      const projection = await started(writer)
      const id = timeOrderedId()
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, index) =>
          (index % 2 ? writer : (another?.writer ?? writer)).commit(
            projection,
            { from: 0n, to: BigInt(index + 1) },
            writes([sampleRow({ id, count: index + 1 })]),
          ),
        ),
      )
      expect(results.filter((won) => won)).toHaveLength(1)
      const [row] = await writer.load(sampleView, [id])
      expect(await writer.checkpoint(projection)).toBe(BigInt(row?.count ?? 0))
    })

    it('passes over events that change no row, and goes on from there', async () => {
      const { writer, progress } = given()
      const projection = await started(writer)
      const row = sampleRow()
      expect(await writer.commit(projection, { from: 0n, to: 3n }, writes([]))).toBe(true)
      expect(await writer.commit(projection, { from: 3n, to: 4n }, writes([]))).toBe(true)
      expect(await progress.reached([projection.name], 4n, 1_000)).toBe(true)
      expect(await writer.commit(projection, { from: 4n, to: 9n }, writes([row]))).toBe(true)
      expect(await writer.commit(projection, { from: 9n, to: 11n }, writes([]))).toBe(true)
      expect(await writer.load(sampleView, [row.id])).toEqual([row])
      expect(await progress.reached([projection.name], 11n, 1_000)).toBe(true)
    })

    it('begins anew after a reset, with no rows', async () => {
      const { writer } = given()
      const projection = await started(writer)
      const row = sampleRow()
      await writer.commit(projection, { from: 0n, to: 5n }, writes([row]))
      await writer.reset({ ...projection, version: 2 }, sampleView)
      expect(await writer.checkpoint({ ...projection, version: 2 })).toBe(0n)
      expect(await writer.checkpoint(projection)).toBeUndefined()
      expect(await writer.load(sampleView, [row.id])).toEqual([])
    })

    it('may write many rows at once', async () => {
      const { writer, reader } = given()
      const organization = timeOrderedId()
      const rows = Array.from({ length: 2_000 }, () => sampleRow({ organization_id: organization }))
      expect(await writer.commit(await started(writer), { from: 0n, to: 1n }, writes(rows))).toBe(true)
      expect(await reader.count(sampleView, organization)).toBe(2_000)
    })

    it('with a value that its column cannot hold is a bug that names the column', async () => {
      const { writer } = given()
      const projection = await started(writer)
      const commit = (row: Partial<Record<keyof SampleRow, unknown>>): Promise<boolean> =>
        writer.commit(projection, { from: 0n, to: 1n }, writes([{ ...sampleRow(), ...row } as SampleRow]))
      await expect(commit({ owner: 'nobody' })).rejects.toThrow('sample.owner')
      await expect(commit({ at: 'yesterday' })).rejects.toThrow('sample.at')
      await expect(commit({ amount: '1.5' })).rejects.toThrow('sample.amount')
      await expect(commit({ rate: '1e9' })).rejects.toThrow('sample.rate')
      await expect(commit({ name: null })).rejects.toThrow('sample.name')
      await expect(commit({ organization_id: undefined })).rejects.toThrow('sample.organization_id')
    })
  })
}

function reading(given: Given): void {
  describe('a row', () => {
    it('comes back in one form, whatever form it was written in', async () => {
      const { reader } = given()
      const detail = { z: '1', a: [{ b: null, text: 'a\u0000b' }], '': '' }
      const row = sampleRow({
        name: 'Zoë 👩‍👩‍👧 "q" \\ \n a\u0000b \ud83d',
        owner: '0190A1B2-0000-7000-8000-00000000ABCD',
        at: '2026-01-31T12:00:00Z',
        until: '2026-01-31T12:00:00.123456Z',
        count: -0,
        size: 9_007_199_254_740_991,
        amount: '-000000000000000012',
        due: '999999999999999999',
        rate: '1.500000000000',
        share: '-0.000000000001',
        detail,
        extra: [],
      })
      await write(given(), [row])
      expect(await reader.get(sampleView, row.organization_id, row.id)).toEqual({
        ...row,
        name: 'Zoë 👩‍👩‍👧 "q" \\ \n a\ufffdb \ufffd',
        owner: '0190a1b2-0000-7000-8000-00000000abcd',
        at: '2026-01-31T12:00:00.000Z',
        count: 0,
        amount: '-12',
        rate: '1.5',
        detail: { ...detail, a: [{ b: null, text: 'a\ufffdb' }] },
      })
    })

    it('keeps the order of the members of its JSON', async () => {
      const { reader } = given()
      const row = sampleRow({ detail: { z: 1, a: 2, m: { y: 1, b: 2 } } })
      await write(given(), [row])
      const read = await reader.get(sampleView, row.organization_id, row.id)
      expect(JSON.stringify(read?.detail)).toBe(JSON.stringify(row.detail))
    })

    it('may be without every value that may be missing', async () => {
      const { reader } = given()
      const nothing = {
        note: null,
        parent: null,
        until: null,
        size: null,
        due: null,
        share: null,
        hidden: null,
        extra: null,
      }
      const row = sampleRow(nothing)
      await write(given(), [row])
      expect(await reader.get(sampleView, row.organization_id, row.id)).toEqual(row)
    })

    it('that was read belongs to the reader', async () => {
      const { reader } = given()
      const row = sampleRow({ detail: { list: ['a'] } })
      await write(given(), [row])
      const read = (await reader.get(sampleView, row.organization_id, row.id)) as { detail: { list: string[] } }
      read.detail.list.push('b')
      expect(await reader.get(sampleView, row.organization_id, row.id)).toEqual(row)
    })
  })
}

function searching(given: Given): void {
  describe('a search', () => {
    const organization = timeOrderedId()
    const [first, second] = [timeOrderedId(), timeOrderedId()]
    const rows = [
      {
        id: 'a',
        name: 'Alpha 100%',
        note: 'x',
        owner: first,
        at: '2026-01-01T00:00:00Z',
        count: 1,
        amount: '5',
        rate: '0.5',
      },
      {
        id: 'b',
        name: 'beta_one',
        note: null,
        owner: second,
        at: '2026-01-02T00:00:00Z',
        count: 2,
        amount: '50',
        rate: '10',
      },
      {
        id: 'c',
        name: 'Beta',
        note: 'y',
        owner: second,
        at: '2026-01-02T00:00:00.5Z',
        count: 10,
        amount: '-5',
        rate: '9.5',
      },
      {
        id: 'd',
        name: 'gamma\\',
        note: null,
        owner: first,
        at: '2026-01-03T00:00:00Z',
        count: 10,
        amount: '500',
        rate: '-1',
      },
    ]

    beforeAll(() =>
      write(
        given(),
        rows.map((row) => sampleRow({ organization_id: organization, active: row.count > 1, ...row })),
      ),
    )

    const cases: [string, Where<SampleRow>, string][] = [
      ['equal text', { name: 'Beta' }, 'c'],
      ['equal to nothing', { name: 'nobody' }, ''],
      ['equal id', { id: 'b' }, 'b'],
      ['equal uuid in capitals', { owner: first.toUpperCase() }, 'ad'],
      ['a uuid that is none', { owner: 'garbage' }, ''],
      ['equal amount in another form', { amount: '0050' }, 'b'],
      ['equal decimal in another form', { rate: '10.0' }, 'b'],
      ['equal instant in another form', { at: '2026-01-02T01:00:00+01:00' }, 'b'],
      ['a boolean', { active: true }, 'bcd'],
      ['no value', { note: null }, 'bd'],
      ['any value', { note: { not: null } }, 'ac'],
      ['another value or none', { note: { not: 'x' } }, 'bcd'],
      ['one of several', { name: { in: ['Beta', 'beta_one', 'nobody'] } }, 'bc'],
      ['one of several or none', { note: { in: ['x', null] } }, 'abd'],
      ['one of none', { name: { in: [] } }, ''],
      ['a range of instants', { at: { gte: '2026-01-02T00:00:00Z', lt: '2026-01-03T00:00:00Z' } }, 'bc'],
      ['a range of integers', { count: { gt: 1, lte: 10 } }, 'bcd'],
      ['a range of amounts', { amount: { gte: '5', lt: '500' } }, 'ab'],
      ['a range of decimals', { rate: { gt: '9', lte: '10.000' } }, 'bc'],
      ['a range of text by code point', { name: { gte: 'B', lt: 'b' } }, 'c'],
      ['a part of the text in any case', { name: { contains: 'BETA' } }, 'bc'],
      ['a part with a per cent sign', { name: { contains: '0%' } }, 'a'],
      ['a part with an underscore', { name: { contains: '_' } }, 'b'],
      ['a part with a backslash', { name: { contains: '\\' } }, 'd'],
      ['an empty part', { note: { contains: '' } }, 'ac'],
      ['several conditions', { owner: second, count: { gte: 10 } }, 'c'],
    ]
    it.each(cases)('for %s', async (_, where, ids) => {
      const { reader, anywhere } = given()
      const found = await reader.find(sampleView, organization, { where, limit: 10 })
      expect(found.map(({ id }) => id).join('')).toBe(ids)
      expect(await reader.count(sampleView, organization, where)).toBe(ids.length)
      const everywhere = await anywhere.findAnywhere(sampleView, {
        where: { ...where, organization_id: organization },
        limit: 10,
      })
      expect(everywhere.map(({ id }) => id).join('')).toBe(ids)
    })

    const orders: [keyof SampleRow & string, string, string][] = [
      ['id', 'abcd', 'dcba'],
      ['name', 'acbd', 'dbca'],
      ['note', 'acbd', 'cabd'],
      ['at', 'abcd', 'dcba'],
      ['count', 'abcd', 'cdba'],
      ['amount', 'cabd', 'dbac'],
      ['rate', 'dacb', 'bcad'],
      ['active', 'abcd', 'bcda'],
    ]
    it.each(orders)('sorts by %s; ties go by id, rows without a value last', async (column, ascending, descending) => {
      const { reader } = given()
      for (const [direction, ids] of [
        ['asc', ascending],
        ['desc', descending],
      ] as const) {
        const found = await reader.find(sampleView, organization, { orderBy: { column, direction }, limit: 10 })
        expect(found.map(({ id }) => id).join('')).toBe(ids)
      }
    })

    it('gives a page', async () => {
      const { reader } = given()
      const page = await reader.find(sampleView, organization, {
        orderBy: { column: 'name', direction: 'asc' },
        skip: 1,
        limit: 2,
      })
      expect(page.map(({ id }) => id)).toEqual(['c', 'b'])
      expect(await reader.find(sampleView, organization, { skip: 4, limit: 2 })).toEqual([])
      expect(await reader.find(sampleView, organization, { limit: 0 })).toEqual([])
    })

    it('by an undefined, by JSON or by an unknown column is a bug', async () => {
      const { reader } = given()
      const find = (where: unknown): Promise<unknown> =>
        reader.find(sampleView, organization, { where: where as Where<SampleRow>, limit: 1 })
      await expect(find({ name: undefined })).rejects.toThrow('undefined')
      await expect(find({ detail: 'x' })).rejects.toThrow('JSON')
      await expect(find({ nobody: 'x' })).rejects.toThrow('no column nobody')
      await expect(find({ count: { contains: '1' } })).rejects.toThrow('part of its text')
      await expect(find({ count: { gt: 'many' } })).rejects.toThrow('cannot be compared')
    })
  })
}

function separating(given: Given): void {
  describe('a reader of an organization', () => {
    it('sees only its rows', async () => {
      const { reader, anywhere } = given()
      const [own, other] = [sampleRow(), sampleRow()]
      await write(given(), [own, other])
      expect(await reader.get(sampleView, own.organization_id, own.id)).toEqual(own)
      expect(await reader.get(sampleView, own.organization_id, other.id)).toBeUndefined()
      expect(await reader.getMany(sampleView, own.organization_id, [own.id, other.id])).toEqual([own])
      const where = { id: { in: [own.id, other.id] } }
      expect(await reader.find(sampleView, own.organization_id, { where, limit: 5 })).toEqual([own])
      expect(await reader.count(sampleView, own.organization_id, where)).toBe(1)
      expect(await anywhere.getAnywhere(sampleView, other.id)).toEqual(other)
      expect(await anywhere.countAnywhere(sampleView, where)).toBe(2)
    })

    it('sees nothing for an organization that is none', async () => {
      const { reader } = given()
      const row = sampleRow()
      await write(given(), [row])
      for (const organization of ['', 'garbage', `' or true --`, '\u0000']) {
        expect(await reader.get(sampleView, organization, row.id)).toBeUndefined()
        expect(await reader.count(sampleView, organization)).toBe(0)
      }
    })
  })
}

function waiting(given: Given): void {
  describe('who waits for a position', () => {
    it('is told when it is reached, here and in another program', async () => {
      const { writer, progress, another } = given()
      const projection = await started(writer)
      for (const each of [progress, ...(another ? [another.progress] : [])]) {
        const from = (await progress.positions()).get(projection.name) ?? 0n
        const waiting = each.reached([projection.name], from + 2n, 10_000)
        await writer.commit(projection, { from, to: from + 1n }, writes([sampleRow()]))
        await writer.commit(projection, { from: from + 1n, to: from + 2n }, writes([sampleRow()]))
        expect(await waiting).toBe(true)
        expect(await each.reached([projection.name], from + 1n, 0)).toBe(true)
      }
    })

    it('is told of events that change no row', async () => {
      const { writer, another, progress } = given()
      const projection = await started(writer)
      const waiting = (another?.progress ?? progress).reached([projection.name], 6n, 10_000)
      await writer.commit(projection, { from: 0n, to: 6n }, writes([]))
      expect(await waiting).toBe(true)
    })

    it('waits for all projections that it names', async () => {
      const { writer, progress } = given()
      const [first, second] = [await started(writer), await started(writer)]
      const names = [first.name, second.name]
      await writer.commit(first, { from: 0n, to: 3n }, writes([]))
      expect(await progress.reached(names, 3n, 20)).toBe(false)
      const waiting = progress.reached(names, 3n, 10_000)
      await writer.commit(second, { from: 0n, to: 4n }, writes([]))
      expect(await waiting).toBe(true)
      expect(await progress.reached([], 99n, 0)).toBe(true)
    })

    it('is told that it waits too long', async () => {
      const { progress } = given()
      expect(await progress.reached([timeOrderedId()], 1n, 20)).toBe(false)
    })

    it('can ask where each projection stands', async () => {
      const { writer, progress } = given()
      const projection = await started(writer)
      await writer.commit(projection, { from: 0n, to: 3n }, writes([sampleRow()]))
      await writer.commit(projection, { from: 3n, to: 8n }, writes([]))
      expect((await progress.positions()).get(projection.name)).toBe(8n)
    })
  })
}

/** A row with a value in every column. */
export function sampleRow(values: Partial<SampleRow> = {}): SampleRow {
  const id = timeOrderedId()
  return {
    id,
    organization_id: timeOrderedId(),
    name: 'name',
    note: 'note',
    owner: id,
    parent: id,
    at: '2026-01-01T00:00:00.000Z',
    until: '2026-02-01T00:00:00.000001Z',
    count: 1,
    size: -1,
    amount: '100',
    due: '0',
    rate: '0.25',
    share: '12.5',
    active: true,
    hidden: false,
    detail: { a: ['b'] },
    extra: 'text',
    ...values,
  }
}

function writes(upserts: SampleRow[], removals: string[] = []) {
  return { view: sampleView, upserts, removals }
}

/** A projection of its own at 0; the view keeps the rows of the others, unlike after a reset. */
async function started(writer: ViewWriter): Promise<{ name: string; version: number }> {
  const projection = { name: timeOrderedId(), version: 1 }
  await writer.reset(projection, emptyView)
  return projection
}

/** Reset instead of the sample, so that tests keep each other's rows. The adapter's spec makes its table as well. */
export const emptyView = defineView('conformance', 'empty', {})

async function write({ writer }: ViewsUnderTest, rows: SampleRow[]): Promise<Position> {
  await writer.commit(await started(writer), { from: 0n, to: 1n }, writes(rows))
  return 1n
}
