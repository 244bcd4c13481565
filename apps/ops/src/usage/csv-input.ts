import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { CsvError, parse, type Info } from 'csv-parse'
import { RECORD_BYTES_MAX, type AnyLine, type BadLine, type InputFile } from './input-line'

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

interface CsvRecord {
  readonly record: readonly string[]
  readonly info: Info
}

/** A CSV file whose first line names its columns. Throws the system's error where it cannot be read. */
export async function openCsv(file: string): Promise<InputFile> {
  const bad: BadLine[] = []
  const parser = parse({
    bom: true,
    info: true,
    skip_empty_lines: true,
    // Also of lines that were added by another program.
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    max_record_size: RECORD_BYTES_MAX,
    skip_records_with_error: true,
    on_skip: (error) => void bad.push(badLine(error)),
  })
  const source = createReadStream(file)
  // A failure of the file reaches the parser, and whoever reads from it.
  pipeline(source, parser, () => undefined)
  const records = parser[Symbol.asyncIterator]() as AsyncIterator<CsvRecord>
  const step = await records.next()
  const columns = step.done === true ? [] : step.value.record.map((name) => name.trim())
  return {
    columns,
    lines: linesOf(columns, { [Symbol.asyncIterator]: () => records }, bad),
    bytesRead: () => source.bytesRead,
    close: () => void source.destroy(),
  }
}

async function* linesOf(
  columns: readonly string[],
  records: AsyncIterable<CsvRecord>,
  bad: BadLine[],
): AsyncGenerator<AnyLine> {
  const places = new Map(columns.map((name, index) => [name, index]))
  for await (const { record, info } of records) {
    yield* bad.splice(0)
    yield lineOf(record, { line: info.lines, places })
  }
  yield* bad.splice(0)
}

function lineOf(
  cells: readonly string[],
  { line, places }: { line: number; places: ReadonlyMap<string, number> },
): AnyLine {
  if (cells.length !== places.size) {
    return { line, problem: `The line has ${cells.length} columns, the header ${places.size}.` }
  }
  const text = (column: string): string | undefined => cells[places.get(column) ?? -1] || undefined
  const json = (column: string): string | undefined => {
    const value = text(column)
    return value === undefined || JSON_NUMBER.test(value) ? value : JSON.stringify(value)
  }
  return { line, content: JSON.stringify(cells), text, json }
}

function badLine(error: unknown): BadLine {
  const { lines } = error as { lines?: number }
  return { line: lines ?? 0, problem: error instanceof CsvError ? error.message : 'The line is no CSV.' }
}
