import type { Refusal } from '@billstream/kernel'
import { PublicError } from '@billstream/platform'
import type { Operation } from '../../edge/operation/operation'
import type { RefusalCode } from './refusal-codes'

/**
 * `reference`: an unknown id: 404 where the operation declares it, else 400, else 422. `inUse`: 400 where it is declared,
 * else 409. `ended`: 400 where it is declared, else 404. `again`: 409, a repeat may succeed at once.
 */
type Status = 400 | 404 | 409 | 413 | 422 | 503 | 'reference' | 'inUse' | 'ended' | 'again'

/** The one place where a code of the core gets this API's status. Source: rules/boxbilling.md, section 2. */
const STATUS: Readonly<Record<RefusalCode, Status>> = {
  command_expired: 503,
  creation_abandoned: 'again',
  too_many_conflicts: 'again',
  append_too_large: 413,
  object_not_found: 404,
  not_available: 422,
  organization_exists: 409,
  organization_not_found: 'reference',
  slug_taken: 409,
  invalid_hmac_key: 422,
  api_key_exists: 409,
  billing_already_halted: 409,
  billing_not_halted: 409,
  billing_halted: 409,
  api_key_not_found: 'reference',
  too_many_api_keys: 400,
  expiry_passed: 422,
  customer_exists: 409,
  customer_not_found: 'reference',
  external_id_taken: 409,
  invalid_timezone: 422,
  invalid_days: 422,
  currency_in_use: 400,
  customer_in_use: 'inUse',
  test_clock_exists: 409,
  test_clock_not_found: 'reference',
  test_organization_only: 400,
  frozen_time_earlier: 422,
  test_clock_advancing: 'again',
  test_clock_not_advancing: 400,
  step_beyond_target: 400,

  plan_exists: 409,
  plan_not_found: 'reference',
  plan_in_use: 409,
  plan_too_large: 422,
  code_taken: 409,
  metric_not_found: 'reference',
  too_many_charges: 422,
  label_forbidden: 422,
  subscription_exists: 409,
  subscription_not_found: 'reference',
  subscription_not_pending: 400,
  subscription_ended: 'ended',
  subscription_without_start: 400,
  started_too_long_ago: 422,
  period_not_due: 400,

  not_a_number: 422,
  number_out_of_range: 422,
  amount_out_of_range: 422,
  fraction_of_minor_unit: 422,
  money_overflow: 422,
  unknown_currency: 422,
  unknown_charge_model: 422,
  unknown_property: 422,
  property_conflict: 422,
  negative_price: 422,
  negative_units: 422,
  package_size_not_positive: 422,
  ranges_not_a_list: 422,
  range_not_an_object: 422,
  too_many_ranges: 422,
  range_gap: 422,
  range_overlap: 422,
  range_bounds_not_rising: 422,
  range_open_before_last: 422,
  last_range_not_open: 422,

  billable_metric_exists: 409,
  billable_metric_not_found: 'reference',
  aggregationType_immutable: 400,
  code_immutable: 400,
  metric_has_events: 409,
  metric_in_use: 409,
  field_name_required: 422,
  rounding_function_required: 422,
  usage_event_not_found: 'reference',

  invoice_not_found: 'reference',
  fee_not_found: 'reference',
  invoice_not_draft: 400,
  invoice_not_finalized: 400,
  tax_exists: 409,
  tax_not_found: 'reference',
  tax_application_exists: 409,
  tax_application_not_found: 'reference',
  key_taken: 409,
  rate_out_of_range: 422,
  invalid_taxable_type: 422,
  invoice_exists: 409,
  invoice_frozen: 400,
  subscription_not_active: 400,
  window_over_boundary: 400,
  invalid_window: 422,

  payment_method_exists: 409,
  payment_method_not_found: 'reference',
  payment_method_is_default: 400,
  unknown_provider: 422,
  unknown_payment_method_token: 422,
  provider_not_configured: 503,
  card_number_not_allowed: 422,
  payment_exists: 409,
  payment_not_found: 'reference',
  payment_not_failed: 400,
  nothing_due: 400,
  no_default_payment_method: 400,
  attempt_open: 400,

  webhook_endpoint_exists: 409,
  webhook_endpoint_not_found: 'reference',
  webhook_endpoint_not_active: 400,
  webhook_delivery_not_found: 'reference',
  webhook_delivery_not_failed: 400,
  format_immutable: 400,
  url_invalid: 422,
  url_not_allowed: 422,
  unknown_event_type: 422,
}

/** What of an operation decides how a refusal is told. errors: the statuses that it declares. */
type Told = Pick<Operation, 'errors' | 'method'>

/** A code of no contract is a broken rule like any other: 400. */
export function boxBillingErrorOf(refusal: Refusal, { errors, method }: Told): PublicError {
  const { code, message, field } = refusal
  const rule: Status = Object.hasOwn(STATUS, code) ? STATUS[code as RefusalCode] : 400
  const status = statusOf(rule, errors)
  if (status === 422) return invalidField(refusal, method === 'GET' ? 'query' : 'body')
  const retry = rule === 'again' || rule === 503 ? { retryAfterSeconds: 1 } : {}
  return new PublicError(
    status,
    code,
    field === undefined ? message : `${wirePath(field).join('.')}: ${message}`,
    retry,
  )
}

function statusOf(rule: Status, errors: readonly number[]): number {
  if (rule === 'reference') return [404, 400].find((status) => errors.includes(status)) ?? 422
  if (rule === 'inUse') return errors.includes(400) ? 400 : 409
  if (rule === 'ended') return errors.includes(400) ? 400 : 404
  return rule === 'again' ? 409 : rule
}

function invalidField({ code, message, field }: Refusal, part: 'body' | 'query'): PublicError {
  const loc = [part, ...(field === undefined ? [] : wirePath(field))]
  return new PublicError(422, code, message, { problems: [{ type: code, loc, msg: message }] })
}

/** `charges.0.billableMetricId` of the core is `charges`, 0, `billable_metric_id` here. */
function wirePath(field: string): (string | number)[] {
  return field
    .split('.')
    .map((step) =>
      /^\d+$/.test(step) ? Number(step) : step.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    )
}
