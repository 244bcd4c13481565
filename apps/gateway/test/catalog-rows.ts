import type { TaxApplicationRow, TaxRow } from '@billstream/invoicing-read-model'
import type { PlanRow, SubscriptionRow } from '@billstream/subscriptions-read-model'
import type { BillableMetricRow } from '@billstream/usage-read-model'
import { id } from './resources-under-test'
import { NOW } from './sample-rows'

const times = { created_at: NOW, updated_at: NOW }

export function metricRow(organizationId: string, code: string, changes: Partial<BillableMetricRow> = {}) {
  const row: BillableMetricRow = {
    ...{ id: id(code), organization_id: organizationId, code, name: code, description: null },
    ...{ aggregation_type: 'sum', field_name: 'tokens', recurring: false, rounding_function: null },
    ...{ rounding_precision: null, status: 'active', ...times },
    ...changes,
  }
  return row
}

export function planRow(organizationId: string, code: string, changes: Partial<PlanRow> = {}) {
  const charge = {
    ...{ chargeId: id('charge'), metricId: id('calls'), metricCode: 'calls', metricName: 'Calls' },
    ...{ chargeModel: 'standard', properties: { amount: '7.333' }, model: {} },
  }
  const row: PlanRow = {
    ...{ id: id(code), organization_id: organizationId, code, name: code, description: null, interval: 'monthly' },
    ...{ amount_cents: '2000', currency: 'USD', trial_period_days: 0, version: 1, charges: [charge] },
    ...{ status: 'active', ...times },
    ...changes,
  }
  return row
}

export function taxRow(organizationId: string, code: string, changes: Partial<TaxRow> = {}) {
  const row: TaxRow = {
    ...{ id: id(code), organization_id: organizationId, code, name: code, rate: '20', description: null },
    ...{ category: null, applied_to_organization: false, ...times },
    ...changes,
  }
  return row
}

export function taxApplicationRow(organizationId: string, applicationId: string, tax: TaxRow, customerId: string) {
  const row: TaxApplicationRow = {
    ...{ id: applicationId, organization_id: organizationId, tax_id: tax.id, tax_code: tax.code },
    ...{ taxable_type: 'customer', taxable_id: customerId, created_at: NOW },
  }
  return row
}

export function subscriptionRow(organizationId: string, name: string, changes: Partial<SubscriptionRow> = {}) {
  const row: SubscriptionRow = {
    ...{ id: id(name), organization_id: organizationId, external_id: name, customer_id: id('anna') },
    ...{ external_customer_id: 'anna', plan_id: id('plan'), status: 'active', billing_time: 'calendar' },
    plan: {
      ...{ planId: id('plan'), planVersion: 1, planName: 'Plan', interval: 'monthly' as const },
      ...{ amount: '2000', currency: 'USD' },
    },
    ...{ pay_in_advance: false, on_termination_action: 'generate_invoice', timezone: 'UTC', subscription_at: null },
    ...{ starts_at: '2026-05-12T00:00:00.000Z', started_at: '2026-05-12T00:00:00.000Z', ending_at: null },
    ...{ period_start: '2026-06-01T00:00:00.000Z', period_end: '2026-07-01T00:00:00.000Z', ...times },
    ...changes,
  }
  return row
}
