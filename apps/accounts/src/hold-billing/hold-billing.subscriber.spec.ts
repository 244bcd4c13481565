import {
  OrganizationBillingHalted,
  OrganizationBillingResumed,
  OrganizationClosed,
} from '@billstream/accounts-contracts'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { MemoryBillingHalts } from '@billstream/event-sourcing-runtime'
import { holdBilling } from './hold-billing.subscriber'

const [acme, other] = ['00000000-0000-5000-8000-000000000001', '00000000-0000-5000-8000-000000000002']
const halted = (organizationId: string) =>
  recorded(OrganizationBillingHalted({ organizationId, reason: 'a wrong price' }), { metadata: { organizationId } })
const resumed = (organizationId: string) =>
  recorded(OrganizationBillingResumed({ organizationId }), { metadata: { organizationId } })
const closed = (organizationId: string) =>
  recorded(OrganizationClosed({ organizationId }), { metadata: { organizationId } })

describe('billing of an organization', () => {
  const given = () => {
    const billingHalts = new MemoryBillingHalts()
    const names = async () => (await billingHalts.all()).map(({ organizationId }) => organizationId)
    return { subscriber: holdBilling({ billingHalts }), billingHalts, names }
  }

  it('is held once it is halted, and of no other', async () => {
    const { subscriber, billingHalts } = given()
    await subscriber.handle([halted(acme)])
    expect(await billingHalts.all()).toMatchObject([{ organizationId: acme, reason: 'a wrong price' }])
  })

  it('is held once when it is told twice', async () => {
    const { subscriber, names } = given()
    await subscriber.handle([halted(acme)])
    await subscriber.handle([halted(acme), halted(other)])
    expect((await names()).sort()).toEqual([acme, other])
  })

  it.each([resumed, closed])('is let go', async (end) => {
    const { subscriber, names } = given()
    await subscriber.handle([halted(acme), halted(other), end(acme)])
    expect(await names()).toEqual([other])
    await subscriber.handle([end(acme)])
    expect(await names()).toEqual([other])
  })
})
