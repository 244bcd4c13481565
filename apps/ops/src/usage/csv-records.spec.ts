import fc from 'fast-check'
import { Readable } from 'node:stream'
import { csvRecords, type CsvRecord } from './csv-records'
import { isBad, RECORD_BYTES_MAX, type BadLine } from './input-line'
import { ReadingPlace } from './reading-place'
import { splitLines } from './split-lines'

async function read(text: string) {
  const lines = splitLines(Readable.from([Buffer.from(text)]), RECORD_BYTES_MAX, new ReadingPlace())
  return Readable.from(csvRecords(lines)).toArray() as Promise<(CsvRecord | BadLine)[]>
}

/** Cells by line; of a bad line its number alone. */
async function readShort(text: string) {
  return (await read(text)).map((each) => (isBad(each) ? each.line : [each.line, ...each.cells]))
}

describe('records of CSV', () => {
  it('have quoted columns with commas, quotes and line breaks', async () => {
    expect(await readShort('at,n\r\n"a, ""b""\r\nc",1\r\n\r\nd,"2"')).toEqual([
      [1, 'at', 'n'],
      [3, 'a, "b"\r\nc', '1'],
      [5, 'd', '2'],
    ])
  })

  it('lose the line alone where a quote stays open up to the end', async () => {
    expect(await read('at,n\n1,"unclosed\n2,5\n3,5\n')).toEqual([
      { line: 1, cells: ['at', 'n'] },
      { line: 2, problem: expect.stringContaining('A quote is opened here') as string },
      { line: 3, cells: ['2', '5'] },
      { line: 4, cells: ['3', '5'] },
    ])
  })

  it('lose the line alone where a quote stays open up to the bound of a record', async () => {
    const cell = 'x'.repeat(RECORD_BYTES_MAX / 4)
    const lines = Array.from({ length: 8 }, (_, index) => `${index},${cell}\n`)
    const all = await readShort(`at,n\n1,"unclosed\n${lines.join('')}`)
    expect(all.map((each) => (typeof each === 'number' ? each : each[0]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(all.filter((each) => typeof each === 'number')).toEqual([2])
  })

  it('lose the line alone where the next quote opens another column', async () => {
    expect(await readShort('at,n\n1,"unclosed\n2,5\n3,"5"\n')).toEqual([
      [1, 'at', 'n'],
      2,
      [3, '2', '5'],
      [4, '3', '5'],
    ])
  })

  it('lose the line alone where lines that a quote joins have other columns than the header', async () => {
    expect(await readShort('at,n\n1,"a\n2,5\n3,4",7\n4,8\n')).toEqual([
      [1, 'at', 'n'],
      2,
      [3, '2', '5'],
      4,
      [5, '4', '8'],
    ])
  })

  it('have a longer quoted column than a line may have bytes in none of them', async () => {
    const long = 'x'.repeat(RECORD_BYTES_MAX + 1)
    expect(await readShort(`at,n\n1,"${long}"\n2,5\n`)).toEqual([[1, 'at', 'n'], 2, [3, '2', '5']])
  })

  it('hold every line once, whatever stands in it', async () => {
    const line = fc.array(fc.constantFrom('"', '"', ',', 'a', '\r'), { minLength: 1, maxLength: 6 })
    const text = fc
      .array(
        line.map((parts) => parts.join('')).filter((each) => each !== '\r'),
        { maxLength: 12 },
      )
      .map((lines) => ['a,b', ...lines])
    await fc.assert(
      fc.asyncProperty(text, async (lines) => {
        let done = 0
        for (const each of await read(lines.join('\n'))) {
          if (isBad(each)) expect(each.line).toBe(done + 1)
          expect(each.line).toBeGreaterThan(done)
          done = each.line
        }
        expect(done).toBe(lines.length)
      }),
    )
  })
})
