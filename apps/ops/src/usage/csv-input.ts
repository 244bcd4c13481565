import { createReadStream } from 'node:fs'
import { csvRecords, type CsvRecord } from './csv-records'
import { inUtf8 } from './in-utf8'
import { isBad, RECORD_BYTES_MAX, type AnyLine, type InputFile } from './input-line'
import { ReadingPlace } from './reading-place'
import { splitLines } from './split-lines'
import { counted } from '../console/counted'

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** A CSV file whose first line names its columns. Throws the system's error where it cannot be read. */
export async function openCsv(file: string): Promise<InputFile> {
  const source = createReadStream(file)
  const place = new ReadingPlace()
  const records = csvRecords(splitLines(inUtf8(source, place), RECORD_BYTES_MAX, place))
  const step = await records.next()
  const columns = step.done === true || isBad(step.value) ? [] : step.value.cells.map((name) => name.trim())
  return {
    columns,
    lines: linesOf(columns, records),
    bytesTaken: () => place.bytesTaken(),
    close: () => void source.destroy(),
  }
}

async function* linesOf(columns: readonly string[], records: ReturnType<typeof csvRecords>): AsyncGenerator<AnyLine> {
  const places = new Map(columns.map((name, index) => [name, index]))
  for await (const record of records) yield isBad(record) ? record : lineOf(record, { places, width: columns.length })
}

function lineOf(
  { line, cells }: CsvRecord,
  { places, width }: { places: ReadonlyMap<string, number>; width: number },
): AnyLine {
  if (cells.length !== width)
    return { line, problem: `The line has ${counted(cells.length, 'column')}, the header ${width}.` }
  const text = (column: string): string | undefined => cells[places.get(column) ?? -1] || undefined
  const json = (column: string): string | undefined => {
    const value = text(column)
    return value === undefined || JSON_NUMBER.test(value) ? value : JSON.stringify(value)
  }
  return { line, content: JSON.stringify(cells), text, json }
}
