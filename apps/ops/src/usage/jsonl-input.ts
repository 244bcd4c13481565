import { createReadStream } from 'node:fs'
import { inUtf8 } from './in-utf8'
import { isLosslessNumber, parse, stringify } from 'lossless-json'
import { RECORD_BYTES_MAX, type AnyLine, type InputFile } from './input-line'
import { ReadingPlace } from './reading-place'
import { splitLines, type TextLine } from './split-lines'

interface JsonLine {
  readonly columns: readonly string[]
  readonly line: AnyLine
}

/** A file with one JSON object on each line; the first one names the columns. Throws the system's error where it cannot be read. */
export async function openJsonl(file: string): Promise<InputFile> {
  const source = createReadStream(file)
  const place = new ReadingPlace()
  const records = recordsOf(splitLines(inUtf8(source, place), RECORD_BYTES_MAX, place))
  const step = await records.next()
  const first = step.done === true ? undefined : step.value
  return {
    columns: first?.columns ?? [],
    lines: linesOf(first, records),
    bytesTaken: () => place.bytesTaken(),
    close: () => void source.destroy(),
  }
}

async function* linesOf(first: JsonLine | undefined, others: AsyncIterable<JsonLine>): AsyncGenerator<AnyLine> {
  if (first) yield first.line
  for await (const { line } of others) yield line
}

async function* recordsOf(lines: AsyncIterable<TextLine>): AsyncGenerator<JsonLine> {
  for await (const { line, text } of lines) {
    const problem = `The line is longer than ${RECORD_BYTES_MAX} bytes.`
    if (text === undefined) yield { columns: [], line: { line, problem } }
    else if (text.trim() !== '') yield readRecord(line, text.trim())
  }
}

function readRecord(line: number, content: string): JsonLine {
  const record = readObject(content)
  if (!record) return { columns: [], line: { line, problem: 'The line is no JSON object.' } }
  const member = (column: string): unknown => (Object.hasOwn(record, column) ? record[column] : undefined)
  const json = (column: string): string | undefined => {
    const value = member(column)
    return value === undefined || value === null || value === '' ? undefined : stringify(value)
  }
  const text = (column: string): string | undefined => {
    const value = member(column)
    if (typeof value === 'string') return value || undefined
    return isLosslessNumber(value) ? value.toString() : json(column)
  }
  return { columns: Object.keys(record), line: { line, content, text, json } }
}

/** Numbers keep the digits that were written. */
function readObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value)
    return isObject ? (value as Record<string, unknown>) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
