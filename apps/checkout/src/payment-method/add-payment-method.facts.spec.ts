import { AddPaymentMethod } from '@billstream/checkout-contracts'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { MemorySandboxCharges, SandboxProvider } from '@billstream/payment-providers-sandbox'
import { virtualTime } from '../../test/checkout-in-memory'
import { factsOf } from '../../test/facts-of'
import { gatherForAddPaymentMethod } from './add-payment-method.facts'

const sandbox = new SandboxProvider({ charges: new MemorySandboxCharges(), ...virtualTime(), signingSecret: 'spec' })
const gather = gatherForAddPaymentMethod([sandbox])
const metadata = testMetadata()

function add(provider: string, token: string) {
  const method = {
    paymentMethodId: '00000000-0000-4000-8000-000000000001',
    provider,
    providerPaymentMethodId: token,
    type: 'card',
    details: {},
  }
  return AddPaymentMethod({ customerId: 'anna', method, isDefault: true }, metadata)
}

const facts = ({ test = true, status = 'active' } = {}) =>
  factsOf({
    'accounts.customer': [{ id: 'anna', status }],
    'accounts.organization': [{ id: metadata.organizationId, test }],
  })

describe('a test organization', () => {
  it.each([
    ['sandbox', 'pm_card_visa'],
    ['stripe', 'pm_card_declined_fraud'],
    ['adyen', 'pm_card_slow'],
  ])('takes the tokens of the sandbox for %s', async (provider, token) =>
    expect(await gather(add(provider, token), facts())).toEqual({ ok: true, value: undefined }),
  )

  it('takes any token for payments that are settled by hand', async () =>
    expect(await gather(add('manual', 'bank transfer'), facts())).toMatchObject({ ok: true }))

  it.each(['pm_card_unknown', '', 'pm_CARD_visa'])(
    'refuses a token that the sandbox does not know: %s',
    async (token) =>
      expect(await gather(add('sandbox', token), facts())).toMatchObject({
        ok: false,
        error: { code: 'unknown_payment_method_token', field: 'provider_payment_method_id' },
      }),
  )

  it('leaves a provider that nobody knows to the decider', async () =>
    expect(await gather(add('paypal', 'x'), facts())).toMatchObject({ ok: true }))
})

describe('a live organization', () => {
  it('is refused the sandbox', async () =>
    expect(await gather(add('sandbox', 'pm_card_visa'), facts({ test: false }))).toMatchObject({
      ok: false,
      error: { code: 'test_organization_only' },
    }))

  it('is refused a provider that is not configured', async () =>
    expect(await gather(add('stripe', 'pm_card_visa'), facts({ test: false }))).toMatchObject({
      ok: false,
      error: { code: 'provider_not_configured' },
    }))
})

describe('a customer', () => {
  it('must be there', async () => {
    const refused = { ok: false, error: { code: 'customer_not_found', field: 'customer_id' } }
    expect(await gather(add('sandbox', 'pm_card_visa'), factsOf({}))).toMatchObject(refused)
    expect(await gather(add('sandbox', 'pm_card_visa'), facts({ status: 'deleted' }))).toMatchObject(refused)
  })
})
