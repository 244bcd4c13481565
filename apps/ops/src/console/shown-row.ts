import type { ViewDefinition } from '@billstream/event-sourcing-core'

export type Personal = 'shown' | 'hidden'

/** A cell as it is shown: what is personal is left out unless it is asked for. */
export function shownCell(view: ViewDefinition, column: string, value: unknown, personal: Personal): unknown {
  const isHidden = personal === 'hidden' && view.columns[column]?.personal === true
  return isHidden && value !== null ? '[personal]' : value
}

/** A whole row, cell by cell; null where there is none. */
export function shownRow(view: ViewDefinition, row: object | null | undefined, personal: Personal): object | null {
  if (!row) return null
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, shownCell(view, column, value, personal)]),
  )
}
