import { CustomerChanged, CustomerCreated } from '@billstream/accounts-contracts'
import { PaymentFailed, PaymentOpened, PaymentRequested, PaymentSucceeded } from '@billstream/checkout-contracts'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'

const terms = { currency: null, timezone: null, invoiceGracePeriodDays: null, netPaymentTermDays: null }
const method = {
  paymentMethodId: derivedId('method'),
  provider: 'sandbox',
  providerPaymentMethodId: 'pm_card_visa',
}

export const customerId = (name: string) => derivedId('customer', name)
export const paymentId = (name: string) => derivedId('payment', name)
export const endpointId = (name: string) => derivedId('endpoint', name)

export const customerCreated = (name: string) =>
  CustomerCreated({
    customerId: customerId(name),
    externalId: name,
    testClockId: null,
    ...terms,
    personal: { name, email: null, billingMetadata: {} },
  })
export const customerChanged = (name: string) =>
  CustomerChanged({ customerId: customerId(name), changes: { currency: 'USD' }, personal: null })

const attempt = (name: string, number: number) => ({
  paymentId: paymentId(name),
  invoiceId: derivedId('invoice', name),
  attempt: number,
})
const due = { amount: '9090', currency: 'USD' }
export const paymentOpened = (name: string) => {
  const { attempt: _first, ...ids } = attempt(name, 1)
  return PaymentOpened({ ...ids, customerId: customerId(name), ...due, method })
}
export const paymentRequested = (name: string, number: number) =>
  PaymentRequested({ ...attempt(name, number), customerId: customerId(name), ...due, method })
export const paymentFailed = (name: string, number: number) =>
  PaymentFailed({ ...attempt(name, number), reason: 'fraud', providerPaymentId: 'ch_1' })
export const paymentSucceeded = (name: string, number: number) =>
  PaymentSucceeded({
    ...attempt(name, number),
    ...due,
    providerPaymentId: 'ch_1',
    completedAt: '2026-06-01T00:00:00.000Z',
  })

type Fields = Parameters<typeof WebhookEndpoint.Define>[0]['fields']
export function defineEndpoint(name: string, fields: Partial<Fields> & Pick<Fields, 'url'>, organizationId?: string) {
  const metadata = testMetadata({
    commandId: derivedId('define', name),
    ...(organizationId !== undefined && { organizationId }),
  })
  const all: Fields = { format: 'boxbilling', signatureAlgo: 'hmac', status: 'active', eventTypes: [], ...fields }
  return WebhookEndpoint.Define({ id: endpointId(name), fields: all }, metadata)
}
