import { customerView } from '@billstream/accounts-read-model'
import { subscriptionView } from '@billstream/subscriptions-read-model'
import type { OpsPorts } from '../ops'
import type { LineEvent } from './line-events'

/** Names remembered as looked up. Beyond, some are looked up, and may be counted, once more. */
const REMEMBERED_MAX = 100_000
/** Unknown ones that are named. */
const NAMED_MAX = 10
/** Subscriptions that are read at once: of one name there may be ended ones besides. */
const SUBSCRIPTIONS_MAX = 10_000

type Views = OpsPorts['views']
type LookUp<Name> = (names: readonly Name[]) => Promise<readonly Name[]>

/**
 * Names in imported usage that the organization does not have. That is allowed, as usage may come ahead of its customer or
 * subscription, and nobody is billed for it until there is one: so it is said.
 */
class UnknownNames<Name> {
  private readonly seen = new Set<string>()
  private readonly named: Name[] = []
  private counted = 0

  constructor(private readonly known: LookUp<Name>) {}

  get count(): number {
    return this.counted
  }

  /** The first ones. */
  get first(): readonly Name[] {
    return this.named
  }

  /** names: of usage that was taken; any of them may come often. */
  async see(names: readonly Name[]): Promise<void> {
    const open = [...byKey(names)].filter(([key]) => !this.seen.has(key))
    if (open.length === 0) return
    if (this.seen.size + open.length > REMEMBERED_MAX) this.seen.clear()
    for (const [key] of open) this.seen.add(key)
    const known = byKey(await this.known(open.map(([, name]) => name)))
    const unknown = open.filter(([key]) => !known.has(key)).map(([, name]) => name)
    this.counted += unknown.length
    this.named.push(...unknown.slice(0, NAMED_MAX - this.named.length))
  }
}

function byKey<Name>(names: readonly Name[]): ReadonlyMap<string, Name> {
  return new Map(names.map((name) => [JSON.stringify(name), name]))
}

/** By external ids. */
interface SubscriptionName {
  readonly subscription: string
  readonly customer: string
}

/** What taken usage names and the platform does not know. */
export class UnknownOwners {
  readonly customers: UnknownNames<string>
  readonly subscriptions: UnknownNames<SubscriptionName>

  constructor(organizationId: string, views: Views) {
    this.customers = new UnknownNames(async (names) => {
      const where = { external_id: { in: names }, status: 'active' }
      const rows = await views.find(customerView, organizationId, { where, limit: names.length })
      return rows.map(({ external_id }) => external_id)
    })
    this.subscriptions = new UnknownNames(async (names) => {
      const where = {
        external_id: { in: [...new Set(names.map(({ subscription }) => subscription))] },
        external_customer_id: { in: [...new Set(names.map(({ customer }) => customer))] },
      }
      const rows = await views.find(subscriptionView, organizationId, { where, limit: SUBSCRIPTIONS_MAX })
      return rows.map(({ external_id, external_customer_id }) => nameOf(external_id, external_customer_id))
    })
  }

  async see(events: readonly LineEvent[]): Promise<void> {
    await this.customers.see(events.map(({ externalCustomerId }) => externalCustomerId))
    const bound = events.filter(({ externalSubscriptionId }) => externalSubscriptionId !== '')
    await this.subscriptions.see(bound.map((each) => nameOf(each.externalSubscriptionId, each.externalCustomerId)))
  }

  /** For machines. */
  get summary() {
    const { customers, subscriptions } = this
    return {
      ...{ unknownCustomers: customers.count, firstUnknownCustomers: customers.first },
      ...{ unknownSubscriptions: subscriptions.count, firstUnknownSubscriptions: subscriptions.first },
    }
  }

  /** For people: nothing where all are known. */
  get notes(): string[] {
    const customers = listed(this.customers, (name) => name)
    const subscriptions = listed(this.subscriptions, ({ subscription, customer }) => `${subscription} of ${customer}`)
    return [
      ...customers.map((names) => `There is no customer ${names}: ${ahead('customer')}`),
      ...subscriptions.map((names) => `There is no subscription ${names}: ${ahead('subscription')}`),
    ]
  }
}

function nameOf(subscription: string, customer: string): SubscriptionName {
  return { subscription, customer }
}

function listed<Name>({ count, first }: UnknownNames<Name>, textOf: (name: Name) => string): string[] {
  if (count === 0) return []
  return [first.map(textOf).join(', ') + (count > first.length ? ` and ${count - first.length} more` : '')]
}

function ahead(of: string): string {
  return `usage may come ahead of its ${of}, and is not billed until there is one.`
}
