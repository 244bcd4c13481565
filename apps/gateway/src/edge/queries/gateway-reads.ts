import type { ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import type {
  CrossTenantViewReader,
  FindOptions,
  KeyUses,
  Secrets,
  ViewReader,
  Where,
} from '@billstream/event-sourcing-runtime'
import type { Uuid } from '@billstream/kernel'
import { orderOf } from './list-order'

export const PAGE_SIZE = 100

export interface ListQuery {
  readonly skip?: number
  readonly limit?: number
  readonly order_by?: string | null
}

/** What the gateway reads. Everything but `anywhere` asks for an organization first. */
export class GatewayReads {
  readonly views: ViewReader
  /** Of admins and credentials only, never of a tenant's request. */
  readonly anywhere: CrossTenantViewReader
  readonly secrets: Secrets
  readonly keyUses: KeyUses

  constructor(ports: { views: ViewReader; viewsAnywhere: CrossTenantViewReader; secrets: Secrets; keyUses: KeyUses }) {
    this.views = ports.views
    this.anywhere = ports.viewsAnywhere
    this.secrets = ports.secrets
    this.keyUses = ports.keyUses
  }

  /** The first row that matches, for keys that are unique. */
  async first<V extends ViewDefinition>(
    view: V,
    organizationId: Uuid,
    where: Where<ViewRow<V>>,
  ): Promise<ViewRow<V> | undefined> {
    const [row] = await this.views.find(view, organizationId, { where, limit: 1 })
    return row
  }

  /** One page of a list and how many rows match in all. sortable: fields of the answer with their columns. */
  async page<V extends ViewDefinition>(
    view: V,
    organizationId: Uuid,
    query: ListQuery,
    options: { where: Where<ViewRow<V>>; sortable: Readonly<Record<string, keyof ViewRow<V> & string>> },
  ): Promise<{ rows: ViewRow<V>[]; total: number }> {
    const find: FindOptions<ViewRow<V>> = {
      where: options.where,
      orderBy: orderOf(query.order_by, options.sortable),
      skip: query.skip ?? 0,
      limit: query.limit ?? PAGE_SIZE,
    }
    const [rows, total] = await Promise.all([
      this.views.find(view, organizationId, find),
      this.views.count(view, organizationId, options.where),
    ])
    return { rows, total }
  }
}
