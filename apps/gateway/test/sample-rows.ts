import type { PaymentMethodRow, PaymentRow } from '@billstream/checkout-read-model'
import type { Fee } from '@billstream/invoicing-contracts'
import type { FeeRow, InvoiceRow } from '@billstream/invoicing-read-model'
import type { SubscriptionRow } from '@billstream/subscriptions-read-model'
import type { WebhookEndpointRow } from '@billstream/webhooks-read-model'
import { id } from './resources-under-test'

export const NOW = '2026-06-01T00:00:00.000Z'
const times = { created_at: NOW, updated_at: NOW }

/** Rows as projections write them; each spec says what matters. */
export function paymentRow(organizationId: string, name: string, changes: Partial<PaymentRow> = {}): PaymentRow {
  return {
    ...{ id: id(name), organization_id: organizationId, invoice_id: id(`invoice of ${name}`), customer_id: id('anna') },
    ...{ amount_cents: '9090', currency: 'USD', status: 'succeeded', provider: 'sandbox' },
    ...{ provider_payment_id: 'pi_1', failure_reason: null, attempt: 1, completed_at: NOW, ...times },
    ...changes,
  }
}

export function paymentMethodRow(
  organizationId: string,
  name: string,
  changes: Partial<PaymentMethodRow> = {},
): PaymentMethodRow {
  return {
    ...{ id: id(name), organization_id: organizationId, customer_id: id('anna'), provider: 'sandbox' },
    ...{ provider_payment_method_id: 'pm_card_visa', type: 'card', is_default: false, details: {}, ...times },
    ...changes,
  }
}

export function webhookEndpointRow(
  organizationId: string,
  name: string,
  changes: Partial<WebhookEndpointRow> = {},
): WebhookEndpointRow {
  return {
    ...{ id: id(name), organization_id: organizationId, url: `https://example.com/${encodeURIComponent(name)}` },
    ...{ format: 'boxbilling', signature_algo: 'hmac', status: 'active', event_types: [], ...times },
    ...changes,
  }
}

export function feeRow(organizationId: string, name: string, changes: Partial<FeeRow> = {}): FeeRow {
  return {
    ...{ id: id(name), organization_id: organizationId, invoice_id: id('invoice'), customer_id: id('anna') },
    ...{ subscription_id: id('subscription'), charge_id: id('charge'), fee_type: 'charge', line: 0 },
    ...{ description: name, metric_code: 'calls', units: '13.5', events_count: 2, unit_amount_cents: '7.333' },
    ...{ amount_cents: '99', taxes_amount_cents: '20', total_amount_cents: '119', payment_status: 'pending' },
    ...{ properties: {}, cause: cause(), corrects_invoice_id: null, carries: false, ...times },
    ...changes,
  }
}

/** A line of an invoice. */
export function fee(name: string, changes: Partial<Fee> = {}): Fee {
  return {
    ...{ feeId: id(name), feeType: 'charge', chargeId: id('charge'), metricCode: 'calls', chargeModel: 'standard' },
    ...{ description: name, units: '13.5', eventsCount: 2, unitAmount: '7.333', amount: '99', taxes: [] },
    ...{ taxAmount: '20', properties: {}, period: { start: NOW, end: NOW }, cause: cause() },
    ...changes,
  }
}

export function invoiceRow(organizationId: string, name: string, changes: Partial<InvoiceRow> = {}): InvoiceRow {
  return {
    ...{ id: id(name), organization_id: organizationId, invoice_number: `DRAFT-${id(name).slice(0, 8)}` },
    ...{ customer_id: id('anna'), subscription_id: id('subscription'), status: 'draft', invoice_type: 'subscription' },
    ...{ currency: 'USD', billing_period_start: '2026-05-01T00:00:00.000Z' },
    ...{ billing_period_end: '2026-06-01T00:00:00.000Z', subtotal_cents: '99', coupons_amount_cents: '0' },
    ...{ tax_amount_cents: '20', progressive_billing_credit_amount_cents: '0', prepaid_credit_amount_cents: '0' },
    ...{ total_cents: '119', amount_due_cents: '119', fees: [fee('calls')], taxes: [], payment_status: 'none' },
    ...{ finalize_at: null, due_date: null, issued_at: null, paid_at: null, ...times },
    ...changes,
  }
}

export function subscriptionRow(
  organizationId: string,
  name: string,
  changes: Partial<SubscriptionRow> = {},
): SubscriptionRow {
  const plan = {
    ...{ planId: id('plan'), planVersion: 1, planName: 'Pro', amount: '2000', currency: 'USD' },
    interval: 'monthly' as const,
  }
  return {
    ...{ id: id(name), organization_id: organizationId, external_id: name, customer_id: id('anna') },
    ...{ external_customer_id: 'anna', plan_id: plan.planId, plan, status: 'active' },
    ...{ billing_time: 'calendar', pay_in_advance: false, on_termination_action: 'generate_invoice', timezone: 'UTC' },
    ...{ subscription_at: null, starts_at: NOW, started_at: NOW, ending_at: null },
    ...{ period_start: NOW, period_end: '2026-07-01T00:00:00.000Z', ...times },
    ...changes,
  }
}

function cause(): Fee['cause'] {
  return {
    ...{ planId: id('plan'), planVersion: 1, measurementId: null, watermark: null, rule: 'standard' },
    ...{ exact: '98.9955', steps: [], corrects: null, carried: '0' },
  }
}
