import { CustomerDeleted } from '@billstream/accounts-contracts'
import { want, type DomainEvent, type WantedCommand } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { SubscriptionCreated, TerminateSubscription } from '@billstream/subscriptions-contracts'
import { endSubscriptionOfDeletedCustomer as process } from './end-subscription-of-deleted-customer.process'

type State = NonNullable<typeof process.initial>

const created = (customer: string, name: string) =>
  SubscriptionCreated({
    customerId: derivedId('customer', customer),
    subscriptionId: derivedId('subscription', name),
  } as never)
const deleted = (customer: string) => CustomerDeleted({ customerId: derivedId('customer', customer) })
const end = (name: string) =>
  want(TerminateSubscription, { subscriptionId: derivedId('subscription', name), onTerminationAction: 'skip' })

/** What it wants over a history, each customer with its own state. */
function wantedAfter(...events: readonly DomainEvent[]): WantedCommand[] {
  const states = new Map<string, State>()
  return events.flatMap((event) => {
    const happened = recorded(event)
    const key = process.key?.(happened) ?? ''
    const before: State = states.get(key) ?? { deleted: false, subscriptionIds: [] }
    const state = process.evolve?.(before, happened) ?? before
    states.set(key, state)
    return process.react(happened, state)
  })
}

describe('a subscription whose customer is deleted at the same moment', () => {
  it('is ended when the creation is heard of first', () =>
    expect(wantedAfter(created('anna', 'a'), created('anna', 'b'), deleted('anna'))).toEqual([end('a'), end('b')]))

  it('is ended when the deletion is heard of first', () =>
    expect(wantedAfter(deleted('anna'), created('anna', 'a'), created('anna', 'b'))).toEqual([end('a'), end('b')]))

  it('is waited for until its view shows it, and may have ended before', () =>
    expect(process.refusals).toEqual({ subscription_ended: 'ignore', subscription_not_found: 'wait' }))
})

describe('a subscription of another customer', () => {
  it('goes on', () => expect(wantedAfter(created('anna', 'a'), deleted('ben'))).toEqual([]))
})
