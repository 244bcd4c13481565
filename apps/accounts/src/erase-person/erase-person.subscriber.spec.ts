import { CustomerDeleted, CustomerErased } from '@billstream/accounts-contracts'
import { recorded, testMetadata } from '@billstream/event-sourcing-core/testing'
import { MemoryAnswers, MemoryPersonKeys, ViewsBehind } from '@billstream/event-sourcing-runtime'
import { erasePerson } from './erase-person.subscriber'

const { organizationId } = testMetadata()
const customerId = '00000000-0000-5000-8000-000000000002'
const another = '00000000-0000-5000-8000-000000000003'
const now = '2026-01-01T00:00:00.000Z'
const later = '2026-01-02T00:00:00.000Z'
const markOf = (key: string) => ({ key, fingerprint: 'request' })

async function platformWithTwo({ viewReached = true } = {}) {
  const personKeys = new MemoryPersonKeys()
  const answers = new MemoryAnswers()
  for (const id of [customerId, another]) {
    await personKeys.ensure(organizationId, id)
    await answers.begin(organizationId, markOf(id), now, later)
    await answers.keep(organizationId, markOf(id), { status: 201, body: `{"id":"${id}"}`, sealed: false }, later)
  }
  const viewProgress = { reached: () => Promise.resolve(viewReached), positions: () => Promise.resolve(new Map()) }
  const subscriber = erasePerson({ personKeys, answers, viewProgress })
  return {
    happened: (...events: Parameters<typeof recorded>[0][]) =>
      subscriber.handle(events.map((event) => recorded(event))),
    keysLeft: async () => [...(await personKeys.find(organizationId, [customerId, another])).keys()],
    /** Of a request that is repeated: what there is of the first one. */
    repeated: async (id: string) => (await answers.begin(organizationId, markOf(id), now, later)).kind,
  }
}

describe('a customer who is erased', () => {
  it('has no key any more, and nobody else loses one', async () => {
    const { happened, keysLeft } = await platformWithTwo()
    await happened(CustomerErased({ customerId }))
    expect(await keysLeft()).toEqual([another])
  })

  it('is in no kept answer any more, and others are', async () => {
    const { happened, repeated } = await platformWithTwo()
    await happened(CustomerErased({ customerId }))
    expect([await repeated(customerId), await repeated(another)]).toEqual(['begun', 'kept'])
  })

  it('stays forgotten when the event comes twice', async () => {
    const { happened, keysLeft, repeated } = await platformWithTwo()
    await happened(CustomerErased({ customerId }), CustomerErased({ customerId }))
    expect(await keysLeft()).toEqual([another])
    expect(await repeated(another)).toBe('kept')
  })

  it('stays in kept answers until the view shows nothing of the person: the event comes again', async () => {
    const { happened, keysLeft, repeated } = await platformWithTwo({ viewReached: false })
    await expect(happened(CustomerErased({ customerId }))).rejects.toBeInstanceOf(ViewsBehind)
    expect(await keysLeft()).toEqual([another])
    expect(await repeated(customerId)).toBe('kept')
  })
})

describe('a customer who is only deleted', () => {
  it('keeps key and answers', async () => {
    const { happened, keysLeft, repeated } = await platformWithTwo()
    await happened(CustomerDeleted({ customerId }))
    expect(await keysLeft()).toEqual([customerId, another])
    expect(await repeated(customerId)).toBe('kept')
  })
})
