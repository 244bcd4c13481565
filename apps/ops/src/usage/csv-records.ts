import { CsvError, parse } from 'csv-parse/sync'
import { RECORD_BYTES_MAX, type BadLine } from './input-line'
import type { TextLine } from './split-lines'
import { counted } from '../console/counted'

export interface CsvRecord {
  /** The last of its lines: ids that were derived from it stay what they are. */
  readonly line: number
  readonly cells: readonly string[]
}

type ReadLine = CsvRecord | BadLine

/** Lines that are read as one record, as far as they have come. */
interface Gathered {
  readonly lines: TextLine[]
  characters: number
  /** Quotes come in pairs: an odd number leaves a quoted column open behind the line. */
  isOpen: boolean
}

/**
 * The records of a CSV file, each line in exactly one of them or bad by itself. A quoted column may go over several lines. Where
 * that makes no record (the quote stays open up to the bound or the end of the file, text follows the closing one, or the
 * columns are not those of the header), only the line that opens it is bad, and those behind it are read again.
 */
export async function* csvRecords(lines: AsyncIterable<TextLine>): AsyncGenerator<ReadLine> {
  const gathering = new Gathering()
  for await (const line of lines) yield* gathering.take(line)
  yield* gathering.end()
}

class Gathering {
  private gathered = nothing()
  private columns: number | undefined;

  *take(line: TextLine): Generator<ReadLine> {
    if (line.text === undefined) {
      yield* this.end()
      yield { line: line.line, problem: `The line is longer than ${RECORD_BYTES_MAX} bytes.` }
      return
    }
    const { gathered } = this
    if (gathered.lines.length === 0 && withoutReturn(line.text) === '') return
    gathered.lines.push(line)
    gathered.characters += line.text.length + 1
    gathered.isOpen = gathered.isOpen !== hasOddQuotes(line.text)
    if (!gathered.isOpen || gathered.characters > RECORD_BYTES_MAX) yield* this.close()
  }

  *end(): Generator<ReadLine> {
    while (this.gathered.lines.length > 0) yield* this.close()
  }

  private *close(): Generator<ReadLine> {
    const { lines, isOpen } = this.gathered
    this.gathered = nothing()
    const read = isOpen ? stayedOpen(lines) : readRecord(lines, this.columns)
    yield read
    if ('cells' in read) this.columns ??= read.cells.length
    // Of lines with an odd number of quotes these hold one at most, so none is read more often than a few times.
    else for (const line of lines.slice(1)) yield* this.take(line)
  }
}

function nothing(): Gathered {
  return { lines: [], characters: 0, isOpen: false }
}

function stayedOpen(lines: readonly TextLine[]): BadLine {
  return badLine(lines, `A quote is opened here and not closed within ${RECORD_BYTES_MAX} characters.`)
}

/** columns: of the header; undefined for itself. A single line with other columns is a record still: who reads it names both. */
function readRecord(lines: readonly TextLine[], columns: number | undefined): ReadLine {
  const cells = cellsOf(withoutReturn(lines.map(({ text }) => text).join('\n')))
  if (!cells) return badLine(lines, 'A quote may only stand around a whole column, and twice for one inside it.')
  const line = lines.at(-1)?.line ?? 0
  if (lines.length > 1 && columns !== undefined && cells.length !== columns) {
    return badLine(
      lines,
      `A quote is opened here; up to line ${line} that makes ${counted(cells.length, 'column')}, the header has ${columns}.`,
    )
  }
  return { line, cells }
}

function badLine([first]: readonly TextLine[], problem: string): BadLine {
  return { line: first?.line ?? 0, problem }
}

function cellsOf(text: string): readonly string[] | undefined {
  if (!text.includes('"')) return text.split(',')
  try {
    const records = parse(text, { record_delimiter: '\n', relax_column_count: true })
    return records.length === 1 ? records[0] : undefined
  } catch (error) {
    if (error instanceof CsvError) return undefined
    throw error
  }
}

function withoutReturn(text: string): string {
  return text.endsWith('\r') ? text.slice(0, -1) : text
}

function hasOddQuotes(text: string): boolean {
  let odd = false
  for (let at = text.indexOf('"'); at >= 0; at = text.indexOf('"', at + 1)) odd = !odd
  return odd
}
