/** A line that could be read. Columns are those of its file. */
export interface InputLine {
  /** As an editor counts, from 1; of several lines that make one record the last. */
  readonly line: number
  /** The same for the same content, whatever stands around it. */
  readonly content: string
  /** The plain text of a column; undefined when it is empty or missing. */
  text(column: string): string | undefined
  /** The column as JSON, numbers as they were written; undefined when it is empty or missing. */
  json(column: string): string | undefined
}

/** A line that is no record. */
export interface BadLine {
  readonly line: number
  readonly problem: string
}

export type AnyLine = InputLine | BadLine

/** A file of records, read as a stream. */
export interface InputFile {
  /** Of the first record, or the header. */
  readonly columns: readonly string[]
  readonly lines: AsyncIterable<AnyLine>
  /** Bytes of the file in the lines that were taken so far. */
  bytesTaken(): number
  close(): void
}

/** Bytes of one record at most. */
export const RECORD_BYTES_MAX = 1_000_000

export function isBad<T extends object>(line: T | BadLine): line is BadLine {
  return 'problem' in line
}
