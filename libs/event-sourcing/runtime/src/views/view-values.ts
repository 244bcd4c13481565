import type { ColumnKind, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import { compareInstants, parseInstant } from '@billstream/kernel'

/** A cell in the one form in which every adapter keeps and gives it. */
export type CellValue = string | number | boolean | null

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const MINOR = /^-?\d{1,18}$/
const DECIMAL = /^(-?)0*(\d{1,18}?)(?:\.(\d{1,12}?)0*)?$/
const CANONICAL_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/
// PostgreSQL's text holds neither; an event may, and must not stop its projection.
const UNSTORABLE = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g
/** Nearly every text holds none of these, and this is found out several times faster. */
const PERHAPS_UNSTORABLE = /[\u0000\ud800-\udfff]/
/** How JSON text writes what may be UNSTORABLE. */
const ESCAPED_UNSTORABLE = /\\u(?:0000|d[89a-f])/
const REPLACEMENT = '\ufffd'
const DECIMAL_PLACES = 12

/** The kind of a column, of `id` and of `organization_id`. Throws on a name that the view does not have: a bug. */
export function columnKind(view: ViewDefinition, name: string): ColumnKind {
  if (name === 'id' || name === 'organization_id') return 'text'
  const column = view.columns[name]
  if (!column) throw new Error(`View ${view.schema}.${view.name} has no column ${name}.`)
  return column.kind
}

/** The canonical form of a value; undefined when a column of this kind can never hold it. null stays null. */
export function canonicalCell(kind: Exclude<ColumnKind, 'json'>, value: unknown): CellValue | undefined {
  if (value === null) return null
  if (kind === 'boolean') return typeof value === 'boolean' ? value : undefined
  // Adding 0 makes 0 of -0.
  if (kind === 'integer') return Number.isSafeInteger(value) ? Number(value) + 0 : undefined
  return typeof value === 'string' ? canonicalText[kind](value) : undefined
}

const canonicalText = {
  text: storableText,
  uuid: (value: string) => (UUID.test(value) ? value.toLowerCase() : undefined),
  instant: canonicalInstant,
  minor: (value: string) => (MINOR.test(value) ? BigInt(value).toString() : undefined),
  decimal: canonicalDecimal,
} as const

/** Text that PostgreSQL can hold: zero bytes and halves of surrogate pairs become U+FFFD. */
export function storableText(value: string): string {
  return PERHAPS_UNSTORABLE.test(value) ? value.replace(UNSTORABLE, REPLACEMENT) : value
}

function canonicalInstant(value: string): string | undefined {
  if (CANONICAL_INSTANT.test(value)) return value
  const parsed = parseInstant(value)
  return parsed.ok ? parsed.value : undefined
}

function canonicalDecimal(value: string): string | undefined {
  const match = DECIMAL.exec(value)
  if (!match) return undefined
  const [, sign = '', whole = '0', places] = match
  const digits = places && /[1-9]/.test(places) ? `${whole}.${places}` : whole
  return digits === '0' ? '0' : `${sign}${digits}`
}

/**
 * A row in canonical form, as every adapter keeps it: `undefined` is null, JSON is a copy.
 * Throws when a column cannot hold its value, naming it: the projection is wrong.
 */
export function canonicalRow<V extends ViewDefinition>(view: V, row: ViewRow<V>): ViewRow<V> {
  const given = row as Readonly<Record<string, unknown>>
  const canonical: Record<string, unknown> = {
    id: required(view, 'id', canonicalCell('text', given['id'])),
    organization_id: required(view, 'organization_id', canonicalCell('text', given['organization_id'])),
  }
  for (const [name, { kind, nullable }] of Object.entries(view.columns)) {
    const value = given[name] ?? null
    const cell = kind === 'json' ? canonicalJson(value) : canonicalCell(kind, value)
    if (cell === undefined)
      throw new Error(`${view.schema}.${view.name}.${name} (${kind}) cannot hold ${JSON.stringify(value)}.`)
    canonical[name] = nullable ? cell : required(view, name, cell)
  }
  return canonical as ViewRow<V>
}

function required<T>(view: ViewDefinition, name: string, cell: T | null | undefined): T {
  if (cell === null || cell === undefined) throw new Error(`${view.schema}.${view.name}.${name} must have a value.`)
  return cell
}

function canonicalJson(value: unknown): unknown {
  if (value === null) return null
  const text = JSON.stringify(value)
  // A reviver costs ten times as much as parsing; what has nothing to replace has no need of it.
  if (!ESCAPED_UNSTORABLE.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_, member: unknown) => (typeof member === 'string' ? storableText(member) : member))
}

/** Order of two canonical cells: text by code point, numbers by value. null is after everything. */
export function compareCells(kind: ColumnKind, a: CellValue, b: CellValue): number {
  if (a === b) return 0
  if (a === null || b === null) return a === null ? 1 : -1
  return comparisons[kind](a, b)
}

type Compare = (a: string | number | boolean, b: string | number | boolean) => number

const byText: Compare = (a, b) => compareCodePoints(String(a), String(b))
const byDecimal: Compare = (a, b) => sign(scaled(String(a)) - scaled(String(b)))
const byNumber: Compare = (a, b) => Number(a) - Number(b)

const comparisons: Readonly<Record<ColumnKind, Compare>> = {
  text: byText,
  uuid: byText,
  instant: (a, b) => compareInstants(String(a), String(b)),
  minor: byDecimal,
  decimal: byDecimal,
  integer: byNumber,
  boolean: byNumber,
  json: () => {
    throw new Error('JSON has no order.')
  },
}

/** UTF-16 units sort surrogates before U+E000; PostgreSQL's "C" sorts by code point. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index += 1) {
    const [first, second] = [a.charCodeAt(index), b.charCodeAt(index)]
    if (first !== second) return orderOfUnit(first) - orderOfUnit(second)
  }
  return a.length - b.length
}

function orderOfUnit(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800
  return unit >= 0xd800 ? unit + 0x2000 : unit
}

function scaled(decimal: string): bigint {
  const [whole = '0', places = ''] = decimal.split('.')
  return BigInt(`${whole}${places.padEnd(DECIMAL_PLACES, '0')}`)
}

function sign(value: bigint): number {
  return value < 0n ? -1 : value > 0n ? 1 : 0
}
