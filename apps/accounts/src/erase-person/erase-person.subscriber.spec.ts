import { CustomerDeleted, CustomerErased } from '@billstream/accounts-contracts'
import { recorded, testMetadata } from '@billstream/event-sourcing-core/testing'
import { MemoryPersonKeys } from '@billstream/event-sourcing-runtime'
import { erasePerson } from './erase-person.subscriber'

const { organizationId } = testMetadata()
const customerId = '00000000-0000-5000-8000-000000000002'
const another = '00000000-0000-5000-8000-000000000003'

async function keysAfter(...events: Parameters<typeof recorded>[0][]) {
  const personKeys = new MemoryPersonKeys()
  await personKeys.ensure(organizationId, customerId)
  await personKeys.ensure(organizationId, another)
  await erasePerson({ personKeys }).handle(events.map((event) => recorded(event)))
  return [...(await personKeys.find(organizationId, [customerId, another])).keys()]
}

describe('the key of a person', () => {
  it('goes when the customer is erased, and no other with it', async () =>
    expect(await keysAfter(CustomerErased({ customerId }))).toEqual([another]))
  it('stays gone when the event comes twice', async () =>
    expect(await keysAfter(CustomerErased({ customerId }), CustomerErased({ customerId }))).toEqual([another]))
  it('stays when the customer is only deleted', async () =>
    expect(await keysAfter(CustomerDeleted({ customerId }))).toEqual([customerId, another]))
})
