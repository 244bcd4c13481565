import type { Connection, FieldDef, Submittable } from 'pg'
import { parameterText, parserOf, type Parameter } from './postgres-values'

/** One SQL statement. With a name it is parsed once per connection; one name stands for one text. */
export interface Statement {
  readonly name?: string
  readonly text: string
  readonly values?: readonly Parameter[]
}

export type Row = Record<string, unknown>

export interface StatementResult {
  readonly rows: Row[]
  /** Rows inserted, updated, deleted or selected. */
  readonly count: number
}

interface FieldParser {
  readonly name: string
  readonly parse: (text: string) => unknown
}

const parsedByConnection = new WeakMap<Connection, Map<string, string>>()

/**
 * Several statements before one Sync: one round trip, one implicit transaction, so a failure of one undoes all.
 * The driver's own queries send a Sync each; this one speaks the extended protocol through the driver's connection.
 * Each statement sees what was committed before it began (READ COMMITTED), not before the group began.
 */
export class StatementGroup implements Submittable {
  private readonly results: { rows: Row[]; count: number }[]
  private current = 0
  private fields: FieldParser[] = []
  private parsed: Map<string, string> | undefined
  private failure: Error | undefined
  private settled = false

  constructor(
    private readonly statements: readonly Statement[],
    private readonly done: (error: Error | undefined, results: StatementResult[]) => void,
  ) {
    this.results = statements.map(() => ({ rows: [], count: 0 }))
  }

  /** Called by the client when it is this group's turn. A returned error fails the group before anything was sent. */
  readonly submit = (connection: Connection): Error | undefined => {
    const parsed = parsedOf(connection)
    // Nothing may throw once bytes are written: the client would wait for an answer for ever.
    const misnamed = this.statements.find((statement) => standsForAnotherText(statement, parsed, this.statements))
    if (misnamed) return new Error(`Statement ${misnamed.name} stands for two texts.`)
    const values = this.statements.map((statement) => (statement.values ?? []).map(parameterText))
    this.parsed = parsed
    connection.stream.cork()
    this.statements.forEach((statement, index) => write(connection, parsed, statement, values[index] ?? []))
    connection.sync()
    connection.stream.uncork()
    return undefined
  }

  handleRowDescription(message: { fields: FieldDef[] }): void {
    this.fields = message.fields.map((field) => ({ name: field.name, parse: parserOf(field.dataTypeID) }))
  }

  handleDataRow(message: { fields: (string | null)[] }): void {
    if (this.failure) return
    try {
      this.results[this.current]?.rows.push(this.parseRow(message.fields))
    } catch (error) {
      this.failure = error as Error
    }
  }

  private parseRow(texts: (string | null)[]): Row {
    const row: Row = {}
    for (const [index, field] of this.fields.entries()) {
      const text = texts[index]
      row[field.name] = text === null || text === undefined ? null : field.parse(text)
    }
    return row
  }

  handleCommandComplete(message: { text: string }): void {
    const result = this.results[this.current]
    if (result) result.count = Number(/(\d+)$/.exec(message.text)?.[1] ?? 0)
    this.current += 1
    this.fields = []
  }

  handleEmptyQuery(): void {
    this.current += 1
  }

  handleError(error: Error): void {
    // Which statements the server has parsed before the failure is unknown here: all are parsed again next time.
    for (const { name } of this.statements) if (name) this.parsed?.delete(name)
    this.settle(error)
  }

  handleReadyForQuery(): void {
    this.settle(this.failure)
  }

  private settle(error: Error | undefined): void {
    if (this.settled) return
    this.settled = true
    this.done(error, this.results)
  }
}

function write(
  connection: Connection,
  parsed: Map<string, string>,
  statement: Statement,
  values: (string | null)[],
): void {
  const name = statement.name ?? ''
  if (!name || !parsed.has(name)) {
    // The server may know the name from a group that failed after it was parsed; closing an unknown one is no error.
    if (name) connection.close({ type: 'S', name }, true)
    if (name) parsed.set(name, statement.text)
    connection.parse({ name, text: statement.text, types: [] }, true)
  }
  connection.bind({ statement: name, values }, true)
  connection.describe({ type: 'P' }, true)
  connection.execute(null, true)
}

function standsForAnotherText(
  { name, text }: Statement,
  parsed: Map<string, string>,
  group: readonly Statement[],
): boolean {
  if (!name) return false
  return (parsed.get(name) ?? text) !== text || group.some((other) => other.name === name && other.text !== text)
}

function parsedOf(connection: Connection): Map<string, string> {
  const known = parsedByConnection.get(connection)
  if (known) return known
  const parsed = new Map<string, string>()
  parsedByConnection.set(connection, parsed)
  return parsed
}
