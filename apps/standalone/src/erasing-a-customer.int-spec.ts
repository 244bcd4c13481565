import { randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EraseCustomer } from '@billstream/accounts-contracts'
import { customerProjection } from '@billstream/accounts-read-model'
import { paymentMethodProjection } from '@billstream/checkout-read-model'
import type { RecordedEvent } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { timeOrderedId } from '@billstream/kernel'
import { createTestDatabase, type TestDatabase } from '@billstream/testing'
import { ADMIN_SECRET, startPlatform, type Call, type PlatformUnderTest } from '../test/platform-under-test'
import { forgetView, tablesThatHold } from '../test/whole-database'

const PATIENCE_MS = 60_000
const NAME = 'Zebulon Quackenbush'
const EMAIL = 'zebulon@quackenbush.example'
const STREET = 'Thimbleweed Lane 42'
const CITY = 'Lower Wobblesworth'
const HOLDER = 'Zyxwvut Quackenbush'
const PERSON = [NAME, EMAIL, STREET, CITY, HOLDER]
/** Not of the person: it shows that the search finds what is there. */
const EXTERNAL_ID = 'customer-number-4711'
const ADDRESS = { line1: STREET, city: CITY, country: 'GB' }
const NEW_CUSTOMER = { external_id: EXTERNAL_ID, name: NAME, email: EMAIL, billing_metadata: ADDRESS }
const NOBODY = { name: '', email: null, billing_metadata: {} }
const CREATE_KEY = 'create-zebulon'
const METHOD_KEY = 'method-of-zebulon'

interface Invoice {
  readonly id: string
  readonly status: string
  readonly total_cents: string
}

/** Waits for a condition, never for a time; gives the last failure when patience ends. */
async function eventually<T>(look: () => Promise<T>): Promise<T> {
  const until = performance.now() + PATIENCE_MS
  for (;;) {
    try {
      return await look()
    } catch (error) {
      if (performance.now() > until) throw error
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}

/** Fails each time, and says what it was sent: so bodies stay, and answers repeat them. */
async function failingReceiver(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => response.writeHead(500).end(Buffer.concat(chunks)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}

const personalOf = ({ data }: RecordedEvent) => (data as { personal: unknown }).personal

describe('a customer who is erased', () => {
  let database: TestDatabase
  let receiver: Server
  let platform: PlatformUnderTest
  let organizationId: string
  let customerId: string
  let methodId: string
  let invoice: Invoice
  let authorization: string

  const call = <T = Record<string, unknown>>(request: Call) =>
    platform.call<T>({ ...request, headers: { authorization, ...request.headers } })
  const create = async <T = { readonly id: string }>(url: string, body: unknown, key: string = randomUUID()) => {
    const answer = await call<T>({ method: 'POST', url, body, headers: { 'idempotency-key': key } })
    if (answer.status !== 201) throw new Error(`${url} answered ${answer.status}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const read = async <T>(url: string) => (await call<T>({ method: 'GET', url })).body
  const customerShown = () => read<object>(`/v1/customers/${customerId}`)
  const methodsShown = () => read<object[]>(`/v1/payment_methods/?customer_id=${customerId}`)
  const addMethod = (token: string, key?: string) =>
    create(
      '/v1/payment_methods/',
      {
        ...{ customer_id: customerId, provider: 'manual', provider_payment_method_id: token, type: 'bank' },
        details: { last4: '9876', holder: HOLDER },
      },
      key,
    )
  const placesOf = (texts: readonly string[]) => tablesThatHold(database.connectionString, texts)
  const viewsCaughtUp = async () => {
    const { viewProgress, eventStore } = platform.ports
    const views = [customerProjection.name, paymentMethodProjection.name]
    await viewProgress.reached(views, await eventStore.head(), PATIENCE_MS)
  }

  async function events(): Promise<RecordedEvent[]> {
    const head = await platform.ports.eventStore.head()
    const found: RecordedEvent[] = []
    for await (const batch of platform.ports.eventStore.subscribe(0n)) {
      found.push(...batch.events)
      if (batch.reached >= head) break
    }
    return found.filter(({ metadata }) => metadata.organizationId === organizationId)
  }

  async function openOrganization(): Promise<void> {
    const { body } = await platform.call<{ id: string; api_key: { raw_key: string } }>({
      method: 'POST',
      url: '/v1/organizations/',
      headers: { 'x-admin-secret': ADMIN_SECRET },
      body: { name: 'Forgetful', test: false },
    })
    organizationId = body.id
    authorization = `Bearer ${body.api_key.raw_key}`
    const { port } = receiver.address() as AddressInfo
    await create('/v1/webhook_endpoints/', { url: `http://127.0.0.1:${port}/hooks` })
  }

  async function billZebulon(): Promise<void> {
    customerId = (await create('/v1/customers/', { ...NEW_CUSTOMER, currency: 'USD' }, CREATE_KEY)).id
    await call({ method: 'PUT', url: `/v1/customers/${customerId}`, body: { email: EMAIL, net_payment_term: 7 } })
    methodId = (await addMethod('bank-1', METHOD_KEY)).id
    const plan = await create('/v1/plans/', {
      ...{ code: 'in-advance', name: 'In advance', interval: 'monthly', amount_cents: 2_000, currency: 'USD' },
    })
    await create('/v1/subscriptions/', {
      ...{ external_id: 'subscription', customer_id: customerId, plan_id: plan.id, pay_in_advance: true },
      started_at: `${platform.ports.clock.now().slice(0, 7)}-01T00:00:00Z`,
    })
    invoice = await eventually(async () => {
      const [issued] = await read<Invoice[]>(`/v1/invoices/?customer_id=${customerId}`)
      if (issued?.status !== 'finalized') throw new Error(`The invoice is ${issued?.status ?? 'not there'}.`)
      return issued
    })
  }

  async function erase(): Promise<void> {
    const metadata = testMetadata({
      organizationId,
      commandId: timeOrderedId(),
      now: platform.ports.clock.now(),
    })
    const reply = await platform.bus.send(EraseCustomer, EraseCustomer({ customerId }, metadata))
    expect(reply.ok).toBe(true)
  }

  beforeAll(async () => {
    database = await createTestDatabase()
    receiver = await failingReceiver()
    platform = await startPlatform(database.connectionString)
    await openOrganization()
    await billZebulon()
    // Before: the person stands in the view, the kept answer, the stored bodies and what was answered to them, and nowhere else.
    await eventually(async () =>
      expect(await placesOf(PERSON)).toEqual([
        'accounts.customer',
        'checkout.payment_method',
        'gateway.answers',
        'webhooks.deliveries',
        'webhooks.delivery_attempts',
      ]),
    )
    await erase()
    await eventually(async () => expect(await placesOf(PERSON)).toEqual([]))
  })

  afterAll(async () => {
    await platform.stop()
    receiver.closeAllConnections()
    receiver.close()
    await database.drop()
  })

  it('stands in no table in clear, though other data of the customer does', async () => {
    expect(await placesOf(PERSON)).toEqual([])
    expect(await placesOf([EXTERNAL_ID])).toEqual(
      expect.arrayContaining(['accounts.customer', 'store.events', 'webhooks.deliveries']),
    )
  })

  it('cannot be read in any event', async () => {
    const all = await events()
    const own = all.filter(({ stream }) => stream === `customer-${customerId}`)
    expect(own.map(({ type }) => type)).toEqual(['CustomerCreated', 'CustomerChanged', 'CustomerErased'])
    expect(own.slice(0, 2).map(personalOf)).toEqual([null, null])
    const added = all.filter(({ type }) => type === 'PaymentMethodAdded')
    expect(added.map(personalOf)).toEqual([null])
    const others = all.filter(({ type }) => type !== 'InvoiceFinalized')
    expect(PERSON.filter((text) => JSON.stringify(others.map(({ data }) => data)).includes(text))).toEqual([])
  })

  it('has no name, e-mail or address in the API, alone and in the list', async () => {
    expect(await customerShown()).toMatchObject({ id: customerId, external_id: EXTERNAL_ID, ...NOBODY })
    expect(await read<object[]>('/v1/customers/')).toMatchObject([{ id: customerId, ...NOBODY }])
  })

  it('has payment methods without details in the API', async () => {
    expect(await methodsShown()).toMatchObject([{ id: methodId, provider_payment_method_id: 'bank-1', details: {} }])
  })

  it('leaves the issued invoice, with its figures and its own copy of the buyer', async () => {
    expect(await read<Invoice>(`/v1/invoices/${invoice.id}`)).toMatchObject({ ...invoice, total_cents: '2000.0000' })
    const finalized = (await events()).filter(({ type }) => type === 'InvoiceFinalized')
    expect(finalized.map(personalOf)).toEqual([{ name: NAME, email: EMAIL, billingMetadata: ADDRESS }])
  })

  it('is not made again by a repeat of the request, and the repeat shows nobody', async () => {
    const before = (await events()).length
    const repeated = await create<object>('/v1/customers/', { ...NEW_CUSTOMER, currency: 'USD' }, CREATE_KEY)
    expect(repeated).toMatchObject({ id: customerId, ...NOBODY })
    expect(await addMethod('bank-1', METHOD_KEY)).toMatchObject({ id: methodId, details: {} })
    expect((await events()).length).toBe(before)
    expect(await placesOf(PERSON)).toEqual([])
  })

  it('takes in nothing of a person any more', async () => {
    const url = `/v1/customers/${customerId}`
    const { body } = await call({ method: 'PUT', url, body: { name: NAME }, headers: { 'idempotency-key': 'again' } })
    expect(body).toMatchObject({ id: customerId, ...NOBODY })
    expect(await addMethod('bank-2')).toMatchObject({ provider_payment_method_id: 'bank-2', details: {} })
    expect(await placesOf(PERSON)).toEqual([])
  })

  it('stays forgotten when the view is built again from the store', async () => {
    const before = [await customerShown(), await methodsShown()]
    await platform.stop()
    await forgetView(database.connectionString, customerProjection)
    await forgetView(database.connectionString, paymentMethodProjection)
    platform = await startPlatform(database.connectionString)
    await viewsCaughtUp()
    expect([await customerShown(), await methodsShown()]).toEqual(before)
    expect(before).toMatchObject([NOBODY, [{ details: {} }, { details: {} }]])
    expect(await placesOf(PERSON)).toEqual([])
  })
})
