import type { ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import {
  storableText,
  type CrossTenantViewReader,
  type FindOptions,
  type ViewReader,
  type Where,
} from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import type { Row } from '../database/statement-group'
import type { TenantQuery } from '../database/tenant-query'
import { countRows, selectRows, type Selection } from './view-select'
import { viewTable } from './view-table'

/** Reads of one organization: filtered here, and by row-level security if this filter were wrong. Throws StoreUnavailable. */
export class PostgresViewReader implements ViewReader {
  constructor(private readonly tenant: TenantQuery) {}

  async get<V extends ViewDefinition>(view: V, organizationId: string, id: string): Promise<ViewRow<V> | undefined> {
    return (await this.getMany(view, organizationId, [id]))[0]
  }

  getMany<V extends ViewDefinition>(view: V, organizationId: string, ids: readonly string[]): Promise<ViewRow<V>[]> {
    return this.select(view, organizationId, { where: { id: { in: ids } } })
  }

  find<V extends ViewDefinition>(
    view: V,
    organizationId: string,
    options: FindOptions<ViewRow<V>>,
  ): Promise<ViewRow<V>[]> {
    return this.select(view, organizationId, options)
  }

  async count<V extends ViewDefinition>(view: V, organizationId: string, where?: Where<ViewRow<V>>): Promise<number> {
    const organization = storableText(organizationId)
    const statement = countRows(view, { organizationId: organization, where })
    const [row] = await this.tenant.rows<{ count: string }>(organization, statement)
    return Number(row?.count ?? 0)
  }

  private async select<V extends ViewDefinition>(
    view: V,
    organizationId: string,
    selection: Omit<Selection, 'organizationId'>,
  ): Promise<ViewRow<V>[]> {
    const organization = storableText(organizationId)
    const statement = selectRows(view, { ...selection, organizationId: organization })
    const rows = await this.tenant.rows(organization, statement)
    return rows.map((row: Row) => viewTable(view).fromRow<V>(row))
  }
}

/** Reads across organizations, as the worker role. Throws StoreUnavailable. */
export class PostgresCrossTenantViewReader implements CrossTenantViewReader {
  constructor(private readonly worker: Queries) {}

  async getAnywhere<V extends ViewDefinition>(view: V, id: string): Promise<ViewRow<V> | undefined> {
    return (await this.select(view, { organizationId: undefined, where: { id } }))[0]
  }

  findAnywhere<V extends ViewDefinition>(view: V, options: FindOptions<ViewRow<V>>): Promise<ViewRow<V>[]> {
    return this.select(view, { ...options, organizationId: undefined })
  }

  async countAnywhere<V extends ViewDefinition>(view: V, where?: Where<ViewRow<V>>): Promise<number> {
    const [row] = await this.worker.query<{ count: string }>(countRows(view, { organizationId: undefined, where }))
    return Number(row?.count ?? 0)
  }

  private async select<V extends ViewDefinition>(view: V, selection: Selection): Promise<ViewRow<V>[]> {
    const rows = await this.worker.query(selectRows(view, selection))
    return rows.map((row) => viewTable(view).fromRow<V>(row))
  }
}
