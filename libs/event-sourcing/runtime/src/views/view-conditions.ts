import type { ColumnKind, ViewDefinition } from '@billstream/event-sourcing-core'
import { canonicalCell, columnKind, compareCells, type CellValue } from './view-values'

type Bound = 'gte' | 'gt' | 'lte' | 'lt'
const BOUNDS: readonly Bound[] = ['gte', 'gt', 'lte', 'lt']

/** One test of one column in canonical form; all of a query must hold. */
export type ColumnTest = { readonly column: string; readonly kind: ColumnKind } & (
  | { readonly test: 'in'; readonly values: readonly CellValue[] }
  | { readonly test: 'not'; readonly value: CellValue }
  | { readonly test: 'bound'; readonly bound: Bound; readonly value: Exclude<CellValue, null> }
  | { readonly test: 'contains'; readonly text: string }
)

/**
 * The tests of a `where`. A value that the column can never hold equals nothing. Throws on what only a bug can ask for:
 * an unknown column, a JSON column, an `undefined` (which would silently ask for everything), a bound that is no value.
 */
export function columnTests(view: ViewDefinition, where: object | undefined): ColumnTest[] {
  const conditions: [string, unknown][] = Object.entries(where ?? {})
  return conditions.flatMap(([column, condition]) => testsOf(view, column, condition))
}

function testsOf(view: ViewDefinition, column: string, condition: unknown): ColumnTest[] {
  const kind = columnKind(view, column)
  if (kind === 'json') throw new Error(`${view.name}.${column} is JSON and cannot be searched.`)
  if (condition === undefined) throw new Error(`The condition on ${view.name}.${column} is undefined.`)
  const on = { column, kind }
  if (typeof condition !== 'object' || condition === null)
    return [{ ...on, test: 'in', values: possible(kind, [condition]) }]
  if ('in' in condition) return [{ ...on, test: 'in', values: possible(kind, condition.in as readonly unknown[]) }]
  if ('not' in condition) return possible(kind, [condition.not]).map((value) => ({ ...on, test: 'not', value }))
  if ('contains' in condition) return [{ ...on, test: 'contains', text: searched(view, column, condition.contains) }]
  return boundsOf(view, on, condition)
}

function boundsOf(
  view: ViewDefinition,
  on: { column: string; kind: Exclude<ColumnKind, 'json'> },
  condition: Readonly<Partial<Record<Bound, unknown>>>,
): ColumnTest[] {
  return BOUNDS.filter((bound) => bound in condition).map((bound) => {
    const value = canonicalCell(on.kind, condition[bound])
    if (value === undefined || value === null) {
      throw new Error(`${view.name}.${on.column} cannot be compared with ${String(condition[bound])}.`)
    }
    return { ...on, test: 'bound', bound, value }
  })
}

function searched(view: ViewDefinition, column: string, text: unknown): string {
  const canonical = canonicalCell('text', text)
  if (columnKind(view, column) !== 'text' || typeof canonical !== 'string') {
    throw new Error(`${view.name}.${column} cannot be searched for a part of its text.`)
  }
  return canonical
}

function possible(kind: Exclude<ColumnKind, 'json'>, values: readonly unknown[]): CellValue[] {
  return values.map((value) => canonicalCell(kind, value)).filter((value) => value !== undefined)
}

/** Whether a canonical row passes all tests. null passes no bound and contains nothing; it is `not` any value. */
export function passesTests(tests: readonly ColumnTest[], row: Readonly<Record<string, unknown>>): boolean {
  return tests.every((test) => passesTest(test, row[test.column] as CellValue))
}

function passesTest(test: ColumnTest, cell: CellValue): boolean {
  switch (test.test) {
    case 'in':
      return test.values.includes(cell)
    case 'not':
      return cell !== test.value
    case 'contains':
      return typeof cell === 'string' && cell.toLowerCase().includes(test.text.toLowerCase())
    case 'bound':
      return cell !== null && within(test.bound, compareCells(test.kind, cell, test.value))
  }
}

function within(bound: Bound, order: number): boolean {
  switch (bound) {
    case 'gte':
      return order >= 0
    case 'gt':
      return order > 0
    case 'lte':
      return order <= 0
    case 'lt':
      return order < 0
  }
}
