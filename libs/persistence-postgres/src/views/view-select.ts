import { createHash } from 'node:crypto'
import type { ViewDefinition } from '@billstream/event-sourcing-core'
import { columnKind, columnTests, type ColumnTest } from '@billstream/event-sourcing-runtime'
import type { Parameter } from '../database/postgres-values'
import type { Statement } from '../database/statement-group'
import { quoted, SQL_TYPES, viewTable } from './view-table'

const STATEMENT_NAMES_MAX = 5_000
const OPERATORS = { gte: '>=', gt: '>', lte: '<=', lt: '<' } as const

/** What to select. `organizationId` undefined: of every organization. */
export interface Selection {
  readonly organizationId: string | undefined
  readonly where?: object | undefined
  readonly orderBy?: { readonly column: string; readonly direction: 'asc' | 'desc' } | undefined
  readonly skip?: number | undefined
  readonly limit?: number | undefined
}

export interface RowsStatement extends Statement {
  readonly values: readonly Parameter[]
  /** SQL type of each value, where statements of this text can be asked as one; see `selectTogether`. */
  readonly types?: readonly string[]
}

/** The rows of a selection, by id where nothing else is asked for. */
export function selectRows(view: ViewDefinition, selection: Selection): RowsStatement {
  const parameters = new Parameters()
  const { sql, columnList } = viewTable(view)
  const parts = [
    `select ${columnList} from ${sql}`,
    filter(view, selection, parameters),
    order(view, selection.orderBy),
  ]
  if (selection.limit !== undefined) parts.push(`limit ${parameters.add(selection.limit, 'bigint')}`)
  if (selection.skip) parts.push(`offset ${parameters.add(selection.skip, 'bigint')}`)
  return statement(parts, parameters)
}

/** The number of rows of a selection, as `count`. */
export function countRows(view: ViewDefinition, selection: Selection): Statement {
  const parameters = new Parameters()
  return statement(
    [`select count(*) as count from ${viewTable(view).sql}`, filter(view, selection, parameters)],
    parameters,
  )
}

/** `statements` of one text and with types: their rows, each with the index of its statement as `asked`. */
export function selectTogether(statements: readonly RowsStatement[]): Statement {
  const [{ text, types = [] }] = statements as readonly [RowsStatement]
  const lists = types.map((_, place) => statements.map(({ values }) => values[place] as Scalar))
  const asked = types.map((_, place) => `v${place + 1}`)
  const together = `
    select (asked.place - 1)::int as asked, answer.*
      from unnest(${types.map((type, place) => `$${place + 1}::${type}[]`).join(', ')})
           with ordinality as asked (${[...asked, 'place'].join(', ')})
     cross join lateral (${text.replaceAll('$', 'asked.v')}) as answer`
  const name = nameOf(together)
  return { ...(name !== undefined && { name }), text: together, values: lists }
}

type Scalar = Exclude<Parameter, readonly unknown[]>

class Parameters {
  readonly values: Parameter[] = []
  readonly types: (string | undefined)[] = []
  /** Whether one plan is good for all values. */
  onePlan = true

  add(value: Parameter, type?: string): string {
    this.values.push(value)
    this.types.push(type)
    return `$${this.values.length}`
  }
}

function filter(view: ViewDefinition, { organizationId, where }: Selection, parameters: Parameters): string {
  const tests = columnTests(view, where)
  const conditions = tests.map((test) => condition(test, parameters))
  if (organizationId !== undefined) conditions.unshift(`organization_id = ${parameters.add(organizationId, 'text')}`)
  return conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''
}

function condition(test: ColumnTest, parameters: Parameters): string {
  const column = quoted(test.column)
  switch (test.test) {
    case 'in':
      return oneOf({ column, type: SQL_TYPES[test.kind] }, test.values, parameters)
    case 'not':
      if (test.value === null) return `${column} is not null`
      return `${column} is distinct from ${parameters.add(test.value)}`
    case 'bound':
      parameters.onePlan = false
      return `${column} ${OPERATORS[test.bound]} ${parameters.add(test.value)}`
    case 'contains':
      // The column's byte order folds no letters beyond ASCII; the database's own language does.
      return `${column} collate "default" ilike ${parameters.add(`%${test.text.replace(/[\\%_]/g, '\\$&')}%`)}`
  }
}

function oneOf(
  { column, type }: { column: string; type: string },
  values: readonly (string | number | boolean | null)[],
  parameters: Parameters,
): string {
  const present = values.filter((value) => value !== null)
  const isNull = present.length < values.length ? [`${column} is null`] : []
  const [first] = present
  if (first === undefined) return isNull[0] ?? 'false'
  if (present.length > 1) parameters.onePlan = false
  const equal = present.length === 1 ? `= ${parameters.add(first, type)}` : `= any (${parameters.add(present)})`
  return `(${[`${column} ${equal}`, ...isNull].join(' or ')})`
}

function order(view: ViewDefinition, orderBy: Selection['orderBy']): string {
  if (!orderBy) return 'order by id'
  const { column, direction } = orderBy
  if (columnKind(view, column) === 'json') throw new Error(`${view.name}.${column} is JSON and has no order.`)
  // Where there is no null the plain order can be read from an index.
  const nullsLast = direction === 'desc' && view.columns[column]?.nullable === true ? ' nulls last' : ''
  const ties = column === 'id' ? '' : ', id'
  return `order by ${quoted(column)} ${direction === 'desc' ? 'desc' : 'asc'}${nullsLast}${ties}`
}

const names = new Map<string, string>()

/**
 * Named by its text, so that a connection parses and plans it once; values are never part of the text. But a kept plan is made
 * for the average tenant: with a list or a range it may take an index by which a tenant a thousand times as large is read
 * whole. Those are planned for their values.
 */
function statement(parts: readonly string[], { values, types, onePlan }: Parameters): RowsStatement {
  const text = parts.filter((part) => part !== '').join(' ')
  const name = onePlan ? nameOf(text) : undefined
  const known = types.filter((type) => type !== undefined)
  const isWhole = onePlan && known.length === types.length
  return { ...(name !== undefined && { name }), text, values, ...(isWhole && { types: known }) }
}

function nameOf(text: string): string | undefined {
  const known = names.get(text)
  // Filters are chosen by callers: combinations without end must not fill the memory here or at the server.
  if (known !== undefined || names.size >= STATEMENT_NAMES_MAX) return known
  const name = `view_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
  names.set(text, name)
  return name
}
