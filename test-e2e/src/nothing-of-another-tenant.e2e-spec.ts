import type { Api } from './support/api'
import { advanceClock, AFTER_THE_PERIOD, setUpLlmCompany } from './support/llm-company'
import { createOrganization } from './support/organizations'
import { startPlatform, type Platform } from './support/platform'
import { WebhookReceiver } from './support/webhook-receiver'

describe('two organizations on one platform', () => {
  let platform: Platform
  let receiver: WebhookReceiver
  let ours: Api
  let theirs: Api
  /** Everything that they have, as paths. */
  const paths: string[] = []
  const lists = [
    '/v1/customers/',
    '/v1/billable_metrics/',
    '/v1/plans/',
    '/v1/taxes/',
    '/v1/subscriptions/',
    '/v1/events/',
    '/v1/invoices/',
    '/v1/fees/',
    '/v1/payment_methods/',
    '/v1/payments/',
    '/v1/webhook_endpoints/',
    '/v1/webhook_endpoints/hooks/list',
    '/v1/test_clocks/',
  ]

  beforeAll(async () => {
    platform = await startPlatform()
    receiver = await WebhookReceiver.listen()
    ours = (await createOrganization(platform, 'Ours')).api
    theirs = (await createOrganization(platform, 'Theirs')).api
    const company = await setUpLlmCompany(theirs, receiver)
    await theirs.create('/v1/events/', {
      transaction_id: 'one',
      external_customer_id: company.externalId,
      code: 'llm_calls',
      timestamp: '2023-11-05T00:00:00Z',
    })
    await advanceClock(theirs, company.clockId, AFTER_THE_PERIOD)
    for (const list of lists) {
      for (const row of await theirs.read<{ id: string; code?: string }[]>(list)) {
        paths.push(`${list.replace('/list', '/')}${list === '/v1/taxes/' ? row.code : row.id}`)
      }
    }
  })
  afterAll(async () => {
    await platform.dispose()
    await receiver.close()
  })

  it('each sees its own', () => {
    for (const list of lists) expect(paths.some((path) => path.startsWith(list.replace('/list', '/')))).toBe(true)
  })

  it.each(lists)('the other sees nothing in %s', async (list) => {
    const answer = await ours.get<unknown[]>(list)
    expect([answer.status, answer.body, answer.headers.get('x-total-count')]).toEqual([200, [], '0'])
  })

  it('an id of the other is answered exactly like an unknown one', async () => {
    for (const path of paths) {
      const unknown = path.replace(/[^/]+$/, '00000000-0000-4000-8000-000000000000')
      for (const method of ['GET', 'DELETE']) {
        const [other, nobody] = [await ours.call(method, path), await ours.call(method, unknown)]
        expect([path, method, other.status]).toEqual([path, method, nobody.status])
        expect(other.status).toBeGreaterThanOrEqual(400)
        expect(JSON.stringify(other.body).replaceAll(/[^/"' ]*$/g, '')).not.toContain('Theirs')
      }
    }
    for (const path of paths) expect([path, (await theirs.get(path)).status]).toEqual([path, 200])
  })

  it('codes, external ids and transaction ids are free for both', async () => {
    await expect(setUpLlmCompany(ours, receiver)).resolves.toBeDefined()
  })

  it('a key gives no access to another organization by header', async () => {
    const [other] = await Promise.all([theirs.read<{ id: string }>('/v1/organizations/current')])
    const withHeader = (value: string) =>
      ours.call('GET', '/v1/customers/', { headers: { 'x-organization-id': value } })
    expect((await withHeader(other.id)).status).toBe(403)
    expect((await withHeader('not a uuid')).status).toBe(400)
  })
})
