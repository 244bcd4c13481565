import type { RecordedEvent } from './message'

/**
 * Kinds of a view's column and their TypeScript form:
 * text, uuid: string; instant: ISO 8601 string in UTC; integer: number; minor: string of digits (numeric(18,0));
 * decimal: string (numeric(30,12)); boolean; json: any JSON value.
 */
export type ColumnKind = 'text' | 'uuid' | 'instant' | 'integer' | 'minor' | 'decimal' | 'boolean' | 'json'

export interface Column<T = unknown> {
  readonly kind: ColumnKind
  readonly nullable: boolean
  /** Says something of a person: not shown where nobody has asked for it. Absent: it does not. */
  readonly personal?: true
  /** Only for inference. */
  readonly type?: T
}

const column = <T>(kind: ColumnKind): Column<T> => ({ kind, nullable: false })

export const col = {
  text: column<string>('text'),
  uuid: column<string>('uuid'),
  instant: column<string>('instant'),
  integer: column<number>('integer'),
  minor: column<string>('minor'),
  decimal: column<string>('decimal'),
  boolean: column<boolean>('boolean'),
  json: <T>(): Column<T> => column<T>('json'),
  nullable: <T>(inner: Column<T>): Column<T | null> => ({ ...inner, nullable: true }),
  personal: <T>(inner: Column<T>): Column<T> => ({ ...inner, personal: true }),
} as const

export type Columns = Readonly<Record<string, Column>>
export type RowOf<C extends Columns> = { -readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never }

/**
 * A view: one table, described once. Every row has `organization_id` and `id` (text, unique in the view) besides its columns.
 * The PostgreSQL table, its row-level security and the memory form follow from this.
 */
export interface ViewDefinition<C extends Columns = Columns> {
  /** The context's schema. */
  readonly schema: string
  readonly name: string
  readonly columns: C
  /** Columns searched by equality together with the organization; each gives an index. */
  readonly indexes: readonly (readonly string[])[]
}

export type ViewRow<V> = V extends ViewDefinition<infer C> ? RowOf<C> & { id: string; organization_id: string } : never

export function defineView<C extends Columns>(
  schema: string,
  name: string,
  columns: C,
  indexes: readonly (readonly (keyof C & string)[])[] = [],
): ViewDefinition<C> {
  return { schema, name, columns, indexes }
}

/** One change of one row. null removes it. */
export type RowChange<Row> =
  /** Gets the row as it is (or undefined) and gives it as it will be; undefined changes nothing. */
  | { readonly id: string; fold(row: Row | undefined): Row | null | undefined }
  /** What the row is from now on, whatever it was: so nobody has to look. */
  | { readonly id: string; readonly row: Row | null }

/** undefined: nothing changes. */
export function rowAfter<Row>(change: RowChange<Row>, before: Row | undefined): Row | null | undefined {
  return 'row' in change ? change.row : change.fold(before)
}

/** A fold of events into the rows of one view. Pure; asks nothing to decide; live and rebuild are the same code. */
export interface Projection<V extends ViewDefinition = ViewDefinition> {
  readonly name: string
  readonly view: V
  /** Raise it when the fold changes: the view is then rebuilt. */
  readonly version: number
  readonly on: Readonly<Record<string, (event: RecordedEvent) => readonly RowChange<ViewRow<V>>[]>>
}

export function defineProjection<V extends ViewDefinition>(projection: Projection<V>): Projection<V> {
  return projection
}
