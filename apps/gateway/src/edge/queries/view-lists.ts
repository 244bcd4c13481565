import type { ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import type { FindOptions, PlatformPorts, Where } from '@billstream/event-sourcing-runtime'
import type { Uuid } from '@billstream/kernel'

export const PAGE_SIZE = 100

export interface ListQuery {
  readonly skip?: number
  readonly limit?: number
  readonly order_by?: string | null
}

/** Fields of the answer that a list can be sorted by, with their columns. */
export type Sortable<V extends ViewDefinition> = Readonly<Record<string, keyof ViewRow<V> & string>>

/** Pages of views, with how many rows match in all. */
export class ViewLists {
  constructor(private readonly ports: Pick<PlatformPorts, 'views'>) {}

  async page<V extends ViewDefinition>(
    view: V,
    organizationId: Uuid,
    query: ListQuery,
    options: { where: Where<ViewRow<V>>; sortable: Sortable<V> },
  ): Promise<{ rows: ViewRow<V>[]; total: number }> {
    const { where } = options
    const find: FindOptions<ViewRow<V>> = {
      where,
      orderBy: orderOf(query.order_by, options.sortable),
      skip: query.skip ?? 0,
      limit: query.limit ?? PAGE_SIZE,
    }
    const [rows, total] = await Promise.all([
      this.ports.views.find(view, organizationId, find),
      this.ports.views.count(view, organizationId, where),
    ])
    return { rows, total }
  }
}

/**
 * `field:asc|desc`: no direction is ascending, a bad one descending; an unknown field gives `created_at:desc`, the default.
 * Source: rules/boxbilling.md, section 2.
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
