import type { Api } from './support/api'
import { eventually } from './support/api'
import type { Invoice, Payment } from './support/llm-company'
import { createOrganization } from './support/organizations'
import { startPlatform, type Platform } from './support/platform'

const REASONS = [
  'expired_card',
  'invalid_details',
  'fraud',
  'authentication_required',
  'invalid_card',
  'general_decline',
  'contact_provider',
  'lack_of_funds',
]
interface PaymentDetails extends Payment {
  failure_reason: string | null
  provider_payment_id: string | null
}

describe('a subscription that is paid in advance with a sandbox card', () => {
  let platform: Platform
  let api: Api
  let planId: string

  beforeAll(async () => {
    platform = await startPlatform()
    api = (await createOrganization(platform, 'Cards')).api
    const plan = { code: 'base', name: 'Base', interval: 'monthly', amount_cents: 3000, currency: 'USD' }
    planId = (await api.create('/v1/plans/', plan)).id
  })
  afterAll(() => platform.dispose())

  const addCard = (customerId: string, token: string) =>
    api.create('/v1/payment_methods/', {
      customer_id: customerId,
      provider: 'sandbox',
      provider_payment_method_id: token,
      type: 'card',
      is_default: true,
    })

  async function subscribe(token: string): Promise<string> {
    const customer = await api.create('/v1/customers/', { external_id: `holder-of-${token}`, name: token })
    await addCard(customer.id, token)
    await api.create('/v1/subscriptions/', {
      external_id: `subscription-of-${token}`,
      customer_id: customer.id,
      plan_id: planId,
      billing_time: 'anniversary',
      started_at: new Date().toISOString(),
      pay_in_advance: true,
    })
    return customer.id
  }

  async function outcomeOf(customerId: string): Promise<{ payment: PaymentDetails; invoice: Invoice }> {
    return eventually(async () => {
      const payments = await api.read<PaymentDetails[]>(`/v1/payments/?customer_id=${customerId}`)
      const invoices = await api.read<Invoice[]>(`/v1/invoices/?customer_id=${customerId}`)
      expect([payments.length, invoices.length]).toEqual([1, 1])
      const [payment, invoice] = [payments[0] as PaymentDetails, invoices[0] as Invoice]
      expect(['succeeded', 'failed']).toContain(payment.status)
      expect(invoice.status).toBe(payment.status === 'succeeded' ? 'paid' : 'finalized')
      return { payment, invoice }
    })
  }

  it.each(['pm_card_visa', 'pm_card_async_success', 'pm_card_duplicate_notification', 'pm_card_slow'])(
    '%s pays the invoice once',
    async (token) => {
      const { payment, invoice } = await outcomeOf(await subscribe(token))
      expect([payment.status, payment.amount_cents, invoice.status]).toEqual(['succeeded', '3000.0000', 'paid'])
      expect(payment.provider_payment_id).toBeTruthy()
    },
    60_000,
  )

  it('pm_card_lost_answer pays the invoice once: its outcome is asked for by the key', async () => {
    const { payment } = await outcomeOf(await subscribe('pm_card_lost_answer'))
    expect(payment.status).toBe('succeeded')
  })

  it.each(REASONS.map((reason) => [`pm_card_declined_${reason}`, reason] as const))(
    '%s leaves it unpaid: %s',
    async (token, reason) => {
      const { payment, invoice } = await outcomeOf(await subscribe(token))
      expect([payment.status, payment.failure_reason, invoice.status]).toEqual(['failed', reason, 'finalized'])
    },
    60_000,
  )

  it.each([
    ['pm_card_3ds', 'authentication_required'],
    ['pm_card_async_failure', 'general_decline'],
  ])(
    '%s fails with %s',
    async (token, reason) => {
      const { payment } = await outcomeOf(await subscribe(token))
      expect([payment.status, payment.failure_reason]).toEqual(['failed', reason])
    },
    60_000,
  )

  describe('after a decline', () => {
    let customerId: string
    let payment: PaymentDetails
    beforeAll(async () => {
      const customer = await api.create('/v1/customers/', { external_id: 'second-chance', name: 'Second chance' })
      customerId = customer.id
      await addCard(customerId, 'pm_card_declined_lack_of_funds')
      await api.create('/v1/subscriptions/', {
        external_id: 'second-chance',
        customer_id: customerId,
        plan_id: planId,
        billing_time: 'anniversary',
        started_at: new Date().toISOString(),
        pay_in_advance: true,
      })
      payment = (await outcomeOf(customerId)).payment
    })

    it('a retry with a good card pays; of two at once one wins', async () => {
      await addCard(customerId, 'pm_card_visa')
      const retries = await Promise.all([1, 2].map(() => api.call('POST', `/v1/payments/${payment.id}/retry`)))
      expect(retries.map(({ status }) => status).sort()).toEqual([200, 400])
      const paid = await eventually(async () => {
        const now = await api.read<PaymentDetails>(`/v1/payments/${payment.id}`)
        expect(now.status).toBe('succeeded')
        return now
      })
      expect(paid).toMatchObject({ failure_reason: null, amount_cents: '3000.0000' })
      await eventually(async () =>
        expect((await api.read<Invoice>(`/v1/invoices/${payment.invoice_id}`)).status).toBe('paid'),
      )
    })

    it('a further retry is refused', async () => {
      expect((await api.call('POST', `/v1/payments/${payment.id}/retry`)).status).toBe(400)
    })
  })

  it('works in test organizations only', async () => {
    const live = (await createOrganization(platform, 'Live', false)).api
    const customer = await live.create('/v1/customers/', { external_id: 'c', name: 'C' })
    const answer = await live.call('POST', '/v1/payment_methods/', {
      body: { customer_id: customer.id, provider: 'sandbox', provider_payment_method_id: 'pm_card_visa', type: 'card' },
    })
    expect([answer.status, answer.body['code']]).toEqual([400, 'test_organization_only'])
  })
})
