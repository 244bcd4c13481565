import { eventually, type Api } from './support/api'
import { createOrganization } from './support/organizations'
import { startPlatform, type Platform } from './support/platform'

const RACES = 8

interface Listed {
  readonly status: string
  readonly customer_id: string
}

describe('a customer that is deleted while a subscription of it is created', () => {
  let platform: Platform
  let api: Api
  let planId: string

  beforeAll(async () => {
    platform = await startPlatform()
    api = (await createOrganization(platform, 'Deleted')).api
    const plan = { code: 'base', name: 'Base', interval: 'monthly', amount_cents: 500, currency: 'USD' }
    planId = (await api.create('/v1/plans/', plan)).id
  })
  afterAll(() => platform.dispose())

  /** One of the two may be refused, or neither: the two are decided in two places. */
  async function race(name: string): Promise<{ customerId: string; wasDeleted: boolean }> {
    const { id } = await api.create('/v1/customers/', { external_id: name, name })
    const subscription = { external_id: name, customer_id: id, plan_id: planId, started_at: new Date().toISOString() }
    const [deletion] = await Promise.all([
      api.call('DELETE', `/v1/customers/${id}`),
      api.call('POST', '/v1/subscriptions/', { body: subscription }),
    ])
    expect([204, 409]).toContain(deletion.status)
    return { customerId: id, wasDeleted: deletion.status === 204 }
  }

  it('has no subscription that goes on', async () => {
    const raced = await Promise.all(Array.from({ length: RACES }, (_, index) => race(`racer ${index}`)))
    const deleted = new Set(raced.filter(({ wasDeleted }) => wasDeleted).map(({ customerId }) => customerId))
    await eventually(async () => {
      const listed = await api.read<Listed[]>('/v1/subscriptions/?limit=100')
      expect(listed.filter((each) => deleted.has(each.customer_id) && each.status !== 'terminated')).toEqual([])
    })
  })
})
