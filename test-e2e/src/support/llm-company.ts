import type { Api } from './api'
import { eventually } from './api'
import type { WebhookReceiver } from './webhook-receiver'

export interface Invoice {
  id: string
  invoice_number: string
  status: string
  subtotal_cents: string
  tax_amount_cents: string
  total_cents: string
  currency: string
}
interface Fee {
  fee_type: string
  metric_code: string | null
  amount_cents: string
  units: string
}
export interface Payment {
  id: string
  status: string
  amount_cents: string
  invoice_id: string
}
export interface LlmCompany {
  readonly customerId: string
  readonly clockId: string
  readonly subscriptionId: string
  readonly externalId: string
}

const PERIOD_START = '2023-11-01T00:00:00Z'
export const AFTER_THE_PERIOD = '2023-12-02T00:00:00Z'

/** A company that sells calls to a language model: metrics, plan, tax, a customer on a test clock with a card, a subscription. */
export async function setUpLlmCompany(
  api: Api,
  receiver: WebhookReceiver,
  externalId = 'llm-customer',
): Promise<LlmCompany> {
  await api.create('/v1/webhook_endpoints/', { url: receiver.url })
  const metric = (code: string, aggregation: object) =>
    api.create('/v1/billable_metrics/', { code, name: code, ...aggregation })
  const context = await metric('context_tokens', { aggregation_type: 'sum', field_name: 'tokens' })
  const generated = await metric('generated_tokens', { aggregation_type: 'sum', field_name: 'tokens' })
  const calls = await metric('llm_calls', { aggregation_type: 'count' })
  await api.create('/v1/taxes/', { code: 'vat', name: 'VAT', rate: 0.2, applied_to_organization: true })
  const plan = await api.create('/v1/plans/', {
    code: 'llm',
    name: 'LLM',
    interval: 'monthly',
    amount_cents: 2000,
    currency: 'USD',
    charges: [
      {
        billable_metric_id: context.id,
        charge_model: 'graduated',
        properties: {
          graduated_ranges: [
            { from_value: 0, to_value: 5_000_000, per_unit_amount: '0.0003', flat_amount: '0' },
            { from_value: 5_000_001, to_value: null, per_unit_amount: '0.00025', flat_amount: '0' },
          ],
        },
      },
      { billable_metric_id: generated.id, charge_model: 'package', properties: { amount: '1.5', package_size: 1000 } },
      { billable_metric_id: calls.id, charge_model: 'standard', properties: { amount: '0.05' } },
    ],
  })
  const clock = await api.create('/v1/test_clocks', { name: 'November', frozen_time: PERIOD_START })
  const customer = await api.create('/v1/customers/', {
    external_id: externalId,
    name: 'A customer of the language model',
    currency: 'USD',
    test_clock_id: clock.id,
  })
  await api.create('/v1/payment_methods/', {
    customer_id: customer.id,
    provider: 'sandbox',
    provider_payment_method_id: 'pm_card_visa',
    type: 'card',
    is_default: true,
  })
  const subscription = await api.create('/v1/subscriptions/', {
    external_id: `${externalId}-subscription`,
    customer_id: customer.id,
    plan_id: plan.id,
    started_at: PERIOD_START,
  })
  return { customerId: customer.id, clockId: clock.id, subscriptionId: subscription.id, externalId }
}

/** Moves the clock and waits until it stands there. */
export async function advanceClock(api: Api, clockId: string, frozenTime: string): Promise<void> {
  await api.create(`/v1/test_clocks/${clockId}/advance`, { frozen_time: frozenTime })
  await untilClockIsReady(api, clockId)
}

export function untilClockIsReady(api: Api, clockId: string, patienceMs?: number): Promise<void> {
  return eventually(async () => {
    const { status } = await api.read<{ status: string }>(`/v1/test_clocks/${clockId}`)
    if (status !== 'ready') throw new Error(`The clock is ${status}.`)
  }, patienceMs)
}

/** What must be true of the month, however it came about: the figures to the cent, one payment, one delivery of each webhook. */
export async function expectThePaidMonth(api: Api, company: LlmCompany, receiver: WebhookReceiver): Promise<void> {
  const invoices = await api.read<Invoice[]>(`/v1/invoices/?customer_id=${company.customerId}`)
  expect(invoices).toHaveLength(1)
  const [invoice] = invoices
  expect(invoice).toMatchObject({
    status: 'paid',
    subtotal_cents: '7575.0000',
    tax_amount_cents: '1515.0000',
    total_cents: '9090.0000',
    currency: 'USD',
  })
  const fees = await api.read<Fee[]>(`/v1/fees/?invoice_id=${invoice?.id}&limit=100`)
  expect(
    Object.fromEntries(fees.map(({ metric_code, fee_type, amount_cents }) => [metric_code ?? fee_type, amount_cents])),
  ).toEqual({
    context_tokens: '4765.0000',
    generated_tokens: '369.0000',
    llm_calls: '441.0000',
    subscription: '2000.0000',
  })
  const payments = await api.read<Payment[]>(`/v1/payments/?customer_id=${company.customerId}`)
  expect(payments).toMatchObject([{ status: 'succeeded', amount_cents: '9090.0000', invoice_id: invoice?.id }])
  for (const type of ['invoice.created', 'invoice.finalized', 'payment.created', 'payment.succeeded', 'invoice.paid']) {
    await eventually(() => Promise.resolve(expect([type, receiver.deliveries(type).size]).toEqual([type, 1])))
  }
}
