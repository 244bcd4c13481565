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
import type { Row, Statement } from '../database/statement-group'
import type { TenantQuery } from '../database/tenant-query'
import { parameterText } from '../database/postgres-values'
import { countRows, selectRows, selectTogether, type RowsStatement, type Selection } from './view-select'
import { viewTable } from './view-table'

interface Asked {
  readonly organizationId: string
  readonly statement: RowsStatement
}

/** One statement that is sent, and the questions that its rows answer: each distinct one has a place. */
interface Sent {
  readonly statement: Statement
  readonly distinct: readonly RowsStatement[]
}

/**
 * Reads of one organization: filtered here, and by row-level security if this filter were wrong. What one turn of the event loop
 * asks is one round trip, and what it asks alike, as a hundred invoices that are made at once do, one statement. Throws
 * StoreUnavailable.
 */
export class PostgresViewReader implements ViewReader {
  private readonly selections = new Collected<Asked, Row[]>(
    ({ organizationId }) => organizationId,
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

  /** All of one organization. A row that was read belongs to its reader, also where others asked the same. */
  private async selectAll(asks: readonly Asked[]): Promise<Row[][]> {
    const [{ organizationId }] = asks as readonly [Asked]
    const sent = sentFor(asks.map(({ statement }) => statement))
    const results = await this.tenant.group(
      organizationId,
      sent.map(({ statement }) => statement),
    )
    const found = new Map(sent.flatMap((each, index) => answersOf(each, results[index]?.rows ?? [])))
    const given = new Set<string>()
    return asks.map(({ statement }) => {
      const key = keyOf(statement)
      const rows = found.get(key) ?? []
      if (given.has(key)) return structuredClone(rows)
      given.add(key)
      return rows
    })
  }
}

function sentFor(statements: readonly RowsStatement[]): Sent[] {
  const byText = new Map<string, Map<string, RowsStatement>>()
  for (const statement of statements) {
    const alike = byText.get(statement.text) ?? new Map<string, RowsStatement>()
    byText.set(statement.text, alike.set(keyOf(statement), statement))
  }
  return [...byText.values()].flatMap((alike): Sent[] => {
    const distinct = [...alike.values()]
    if (distinct.length > 1 && distinct[0]?.types) return [{ statement: selectTogether(distinct), distinct }]
    return distinct.map((statement) => ({ statement, distinct: [statement] }))
  })
}

function answersOf({ distinct }: Sent, rows: Row[]): [string, Row[]][] {
  const [first] = distinct as readonly [RowsStatement]
  if (distinct.length === 1) return [[keyOf(first), rows]]
  const answers = distinct.map((statement): [string, Row[]] => [keyOf(statement), []])
  for (const { asked, ...row } of rows) answers[Number(asked)]?.[1].push(row)
  return answers
}

function keyOf({ text, values }: RowsStatement): string {
  return JSON.stringify([text, ...values.map(parameterText)])
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
