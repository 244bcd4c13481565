import { customerView } from '@billstream/accounts-read-model'
import type { OpsPorts } from '../ops'

/** Customers remembered as looked up. Beyond, some are looked up, and may be counted, once more. */
const REMEMBERED_MAX = 100_000
/** Unknown ones that are named. */
const NAMED_MAX = 10

/**
 * Customers of imported usage of whom the organization has none. That is allowed, as usage may come ahead of its customer, and
 * nobody is billed for it until there is one: so it is said.
 */
export class UnknownCustomers {
  private readonly seen = new Set<string>()
  private readonly named: string[] = []
  private counted = 0

  constructor(
    private readonly organizationId: string,
    private readonly views: OpsPorts['views'],
  ) {}

  get count(): number {
    return this.counted
  }

  /** The first ones, by external id. */
  get first(): readonly string[] {
    return this.named
  }

  /** externalIds: of customers whose usage was taken; any of them may come often. */
  async see(externalIds: Iterable<string>): Promise<void> {
    const open = [...new Set(externalIds)].filter((externalId) => !this.seen.has(externalId))
    if (open.length === 0) return
    if (this.seen.size + open.length > REMEMBERED_MAX) this.seen.clear()
    for (const externalId of open) this.seen.add(externalId)
    const known = await this.knownOf(open)
    const unknown = open.filter((externalId) => !known.has(externalId))
    this.counted += unknown.length
    this.named.push(...unknown.slice(0, NAMED_MAX - this.named.length))
  }

  private async knownOf(externalIds: readonly string[]): Promise<ReadonlySet<string>> {
    const where = { external_id: { in: externalIds }, status: 'active' }
    const rows = await this.views.find(customerView, this.organizationId, { where, limit: externalIds.length })
    return new Set(rows.map(({ external_id }) => external_id))
  }
}
