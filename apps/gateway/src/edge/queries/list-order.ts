/**
 * `field:asc|desc`: no direction is ascending, a bad one descending; an unknown field gives `created_at:desc`, the default.
 * sortable: fields of the answer with their columns. Source: rules/boxbilling.md, section 2.
 */
export function orderOf<Column extends string>(
  orderBy: string | null | undefined,
  sortable: Readonly<Record<string, Column>>,
): { column: Column; direction: 'asc' | 'desc' } {
  const [field = '', direction] = (orderBy ?? '').split(':', 2)
  const column = Object.hasOwn(sortable, field) ? sortable[field] : undefined
  if (column === undefined) return { column: 'created_at' as Column, direction: 'desc' }
  return { column, direction: direction === undefined || direction === 'asc' ? 'asc' : 'desc' }
}

/** Columns that the answer shows under their own names. */
export function sameNames<const C extends string>(...columns: C[]): { readonly [K in C]: K } {
  return Object.fromEntries(columns.map((column) => [column, column])) as { readonly [K in C]: K }
}
