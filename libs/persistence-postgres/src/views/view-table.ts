import type { ColumnKind, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import { canonicalCell } from '@billstream/event-sourcing-runtime'
import type { Row } from '../database/statement-group'

export const SQL_TYPES: Readonly<Record<ColumnKind, string>> = {
  text: 'text',
  uuid: 'uuid',
  instant: 'timestamp with time zone',
  integer: 'bigint',
  minor: 'numeric(18,0)',
  decimal: 'numeric(30,12)',
  boolean: 'boolean',
  // Not jsonb: it would give the members in another order than they were written in.
  json: 'json',
}
// 63 bytes is PostgreSQL's own limit; a longer name would be cut silently.
const IDENTIFIER = /^[a-z][a-z0-9_]{0,62}$/

interface TableColumn {
  readonly name: string
  /** Quoted. */
  readonly sql: string
  readonly kind: ColumnKind
  readonly type: string
  readonly nullable: boolean
}

/** A view as SQL sees it. */
export interface ViewTable {
  /** Quoted, with its schema. */
  readonly sql: string
  /** `schema.name`, as operators write it. */
  readonly label: string
  /** `id` and `organization_id` first. */
  readonly columns: readonly TableColumn[]
  /** Quoted and separated by commas. */
  readonly columnList: string
  /** A row as PostgreSQL gave it, in the canonical form of views. */
  readonly fromRow: <V extends ViewDefinition>(row: Row) => ViewRow<V>
}

const tables = new WeakMap<ViewDefinition, ViewTable>()

/** Throws on a name that is no plain identifier: names of views are code, never input. */
export function viewTable(view: ViewDefinition): ViewTable {
  const known = tables.get(view)
  if (known) return known
  const table = describe(view)
  tables.set(view, table)
  return table
}

export function quoted(name: string): string {
  if (!IDENTIFIER.test(name)) throw new Error(`${name} cannot be the name of a view or a column.`)
  return `"${name}"`
}

function describe(view: ViewDefinition): ViewTable {
  const own = Object.entries(view.columns).map(([name, { kind, nullable }]) => tableColumn(name, kind, nullable))
  const columns = [tableColumn('id', 'text', false), tableColumn('organization_id', 'text', false), ...own]
  const inexact = columns.filter(({ kind }) => kind === 'integer' || kind === 'decimal')
  return {
    sql: `${quoted(view.schema)}.${quoted(view.name)}`,
    label: `${view.schema}.${view.name}`,
    columns,
    columnList: columns.map(({ sql }) => sql).join(', '),
    fromRow: <V extends ViewDefinition>(row: Row) => {
      for (const { name, kind } of inexact) {
        const value = row[name]
        if (typeof value === 'string') row[name] = kind === 'integer' ? Number(value) : canonicalCell('decimal', value)
      }
      return row as ViewRow<V>
    },
  }
}

function tableColumn(name: string, kind: ColumnKind, nullable: boolean): TableColumn {
  return { name, sql: quoted(name), kind, type: SQL_TYPES[kind], nullable }
}
