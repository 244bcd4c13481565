import type { ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import {
  Collected,
  storableText,
  type CrossTenantViewReader,
  type FindOptions,
  type ViewReader,
  type Where,
} from '@billstream/event-sourcing-runtime'
import type { Queries } from '../database/queries'
import type { Row } from '../database/statement-group'
import type { TenantQuery } from '../database/tenant-query'
import { parameterText } from '../database/postgres-values'
import { countRows, selectRows, selectTogether, type RowsStatement, type Selection } from './view-select'
import { viewTable } from './view-table'

interface Asked {
  readonly organizationId: string
  readonly statement: RowsStatement
}

/**
 * Reads of one organization: filtered here, and by row-level security if this filter were wrong. What one turn of the event loop
 * asks alike, as a hundred invoices that are made at once do, is asked once. Throws StoreUnavailable.
 */
export class PostgresViewReader implements ViewReader {
  private readonly selections = new Collected<Asked, Row[]>(
    ({ organizationId, statement }) => `${organizationId} ${statement.text}`,
    (asks) => this.selectAll(asks),
  )

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
    const rows = await this.selections.ask({ organizationId: organization, statement })
    return rows.map((row: Row) => viewTable(view).fromRow<V>(row))
  }

  /** All of one organization and one text. A row that was read belongs to its reader, also where others asked the same. */
  private async selectAll(asks: readonly Asked[]): Promise<Row[][]> {
    const keys = asks.map(({ statement }) => JSON.stringify(statement.values.map(parameterText)))
    const distinct = new Map(asks.map((ask, index) => [keys[index] ?? '', ask]))
    const answers = await this.selectDistinct([...distinct.values()])
    const found = new Map([...distinct.keys()].map((key, index) => [key, answers[index] ?? []]))
    const given = new Set<string>()
    return keys.map((key) => {
      const rows = found.get(key) ?? []
      if (given.has(key)) return structuredClone(rows)
      given.add(key)
      return rows
    })
  }

  private async selectDistinct(asks: readonly Asked[]): Promise<Row[][]> {
    const [{ organizationId, statement }] = asks as readonly [Asked]
    if (asks.length === 1 || !statement.types) {
      return Promise.all(asks.map((ask) => this.tenant.rows(ask.organizationId, ask.statement)))
    }
    const answers = asks.map((): Row[] => [])
    const together = selectTogether(asks.map((ask) => ask.statement))
    for (const { asked, ...row } of await this.tenant.rows(organizationId, together)) answers[Number(asked)]?.push(row)
    return answers
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
