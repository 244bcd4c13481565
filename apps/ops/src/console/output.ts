import type { Failure } from './outcome'
import { safeText } from './safe-text'
import { renderTable, type Cell } from './table'

export interface Column<Row> {
  readonly title: string
  readonly value: (row: Row) => Cell
  /** Numbers stand right, texts left (default). */
  readonly align?: 'left' | 'right'
}

export interface OutputStreams {
  readonly out: { write(text: string): unknown }
  readonly err: { write(text: string): unknown }
}

/**
 * What a command prints: text for people, JSON for machines (`--json`). Results go to standard output, everything said
 * beside them to standard error, so that a pipe sees results only. A result waits until its command has ended: half of one
 * would look like a whole one. Whatever is printed was made safe for a terminal here.
 */
export class Output {
  private json = false
  private readonly held: (() => void)[] = []

  constructor(private readonly streams: OutputStreams) {}

  get forMachines(): boolean {
    return this.json
  }

  useJson(json: boolean): void {
    this.json = json
  }

  /** A whole list: a table, or one JSON array. `empty` is said when there is nothing. */
  table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): void {
    if (this.json) return this.hold(toJson(rows, 2))
    if (rows.length === 0) return empty === '' ? undefined : this.note(empty)
    const header = columns.map(({ title }) => title)
    const cells = rows.map((row) => columns.map(({ value }) => value(row)))
    const aligned = columns.map(({ align = 'left' }) => align)
    this.hold(renderTable(header, cells, aligned))
  }

  /** One of a stream without an end, at once: a line of text, or a line of JSON. */
  line(value: unknown, text: string): void {
    this.write(this.json ? toJson(value) : text)
  }

  /** One thing: text, or one JSON document. */
  document(value: unknown, text: () => string): void {
    this.hold(this.json ? toJson(value, 2) : text())
  }

  /** For people only, beside the result. */
  note(text: string): void {
    if (!this.json) this.held.push(() => this.warn(text))
  }

  /** Beside the result and at once, since it tells of work that goes on: a line of text, or a line of JSON. */
  aside(value: unknown, text: string): void {
    this.warn(this.json ? toJson(value) : text)
  }

  /** Prints what was said so far: the command has ended, or it holds whatever comes. */
  release(): void {
    for (const print of this.held.splice(0)) print()
  }

  /** Beside the result, whoever reads it. */
  warn(text: string): void {
    this.streams.err.write(`${safeText(text)}\n`)
  }

  /** Why there is no result: a sentence, or one JSON object. */
  failure(failure: Failure): void {
    this.warn(this.json ? toJson({ error: failure }) : (failure.stack ?? failure.message))
  }

  private hold(text: string): void {
    this.held.push(() => this.write(text))
  }

  private write(text: string): void {
    this.streams.out.write(`${safeText(text)}\n`)
  }
}

/** Positions and money are bigint: JSON carries them as text, so that no reader rounds them. */
export function toJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each), indent)
}
