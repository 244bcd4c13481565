import type { Queries } from './queries'
import type { Row, Statement, StatementResult } from './statement-group'

const SET_ORGANIZATION = "select set_config('app.organization', $1, true)"

/**
 * The one way by which a tenant's request reads or writes rows: row-level security sees only its organization.
 * The setting and the query go before one Sync: one round trip, one transaction, and the setting ends with it, so the
 * next user of the connection starts with none. (A CTE around set_config would be evaluated too late for the policies.)
 */
export class TenantQuery {
  constructor(private readonly app: Queries) {}

  /** Rows of the organization alone, whatever the statement asks for. Throws StoreUnavailable. */
  async rows<R = Row>(organizationId: string, statement: Statement): Promise<R[]> {
    const [, result] = await this.app.group([
      { name: 'tenant_organization', text: SET_ORGANIZATION, values: [organizationId] },
      statement,
    ])
    return (result?.rows ?? []) as R[]
  }

  /** Several statements in one transaction, still in one round trip; the result of each. Throws StoreUnavailable. */
  async group(organizationId: string, statements: readonly Statement[]): Promise<StatementResult[]> {
    const [, ...results] = await this.app.group([
      { name: 'tenant_organization', text: SET_ORGANIZATION, values: [organizationId] },
      ...statements,
    ])
    return results
  }

  /** The number of rows that the statement changed. */
  async execute(organizationId: string, statement: Statement): Promise<number> {
    const [, result] = await this.app.group([
      { name: 'tenant_organization', text: SET_ORGANIZATION, values: [organizationId] },
      statement,
    ])
    return result?.count ?? 0
  }
}
