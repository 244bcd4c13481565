import { derivedId, ok, parseCurrency, refuse, type Refusal, type Result } from '@billstream/kernel'
import { parseChargeProperties } from '@billstream/rating'
import type { PlanCharge, PlanTerms } from '@billstream/subscriptions-contracts'

export const CHARGES_PER_PLAN_MAX = 100
/** Bytes of a plan in JSON: its names, its description and the terms of one version. Source: architecture.md section 5. */
export const PLAN_BYTES_MAX = 500_000

/** The metrics that charges name, by id; what is missing does not exist (any more). */
export interface PlanFacts {
  readonly metrics: Readonly<Record<string, { readonly code: string; readonly name: string }>>
}

/** A charge as it was sent. */
export interface ChargeInput {
  readonly metricId: string
  readonly chargeModel: string
  readonly properties: Record<string, unknown>
}

/** amount: text of minor units. `charges` absent: those of the version before stay. */
export interface TermsInput {
  readonly amount: string
  readonly currency: string
  readonly trialPeriodDays: number
  readonly charges: readonly ChargeInput[] | undefined
}

/** What new ids are derived from, and what is kept from the version before. */
export interface TermsContext {
  readonly commandId: string
  readonly facts: PlanFacts
  readonly present: readonly PlanCharge[]
}

/**
 * Checks the terms of a plan's version; every invalid field is in `errors`. Refusals: `amount_out_of_range` (amount_cents),
 * `unknown_currency`, `not_available` (trial_period_days, charge_model), `too_many_charges`, `metric_not_found`, those of
 * rating's parser.
 */
export function checkTerms(input: TermsInput, context: TermsContext): Result<PlanTerms> {
  const charges = input.charges === undefined ? ok(context.present) : checkCharges(input.charges, context)
  const currency = parseCurrency(input.currency)
  const errors = [
    ...amountErrors(input.amount),
    ...(currency.ok ? [] : [{ ...currency.error, field: 'currency' }]),
    ...trialErrors(input.trialPeriodDays),
    ...(charges.ok ? [] : (charges.error.errors ?? [charges.error])),
  ]
  if (!currency.ok || !charges.ok || errors.length > 0) return refuseAll(errors)
  return ok({
    amount: BigInt(input.amount).toString(),
    currency: currency.value,
    trialPeriodDays: input.trialPeriodDays,
    charges: [...charges.value],
  })
}

function amountErrors(amount: string): Refusal[] {
  if (/^\d{1,18}$/.test(amount)) return []
  return [refuse('amount_out_of_range', 'An amount has 1 to 18 digits and no sign.', 'amount_cents').error]
}

function trialErrors(days: number): Refusal[] {
  return days === 0 ? [] : [refuse('not_available', 'Trials are not available yet.', 'trial_period_days').error]
}

function checkCharges(inputs: readonly ChargeInput[], context: TermsContext): Result<readonly PlanCharge[]> {
  if (inputs.length > CHARGES_PER_PLAN_MAX) {
    return refuse('too_many_charges', `A plan has at most ${CHARGES_PER_PLAN_MAX} charges.`, 'charges')
  }
  const ids = chargeIds(inputs, context)
  const checked = inputs.map((input, index) => checkCharge(input, index, ids[index] ?? '', context.facts))
  const errors = checked.flatMap(({ errors }) => errors)
  return errors.length > 0 ? refuseAll(errors) : ok(checked.flatMap(({ charge }) => charge))
}

function checkCharge(input: ChargeInput, index: number, chargeId: string, facts: PlanFacts) {
  const metric = facts.metrics[input.metricId]
  const parsed = parseChargeProperties(input.chargeModel, input.properties, `charges.${index}.`)
  const field = `charges.${index}.billable_metric_id`
  const errors = [
    ...(metric ? [] : [refuse('metric_not_found', 'There is no such metric.', field).error]),
    ...(parsed.ok ? [] : parsed.errors),
  ]
  if (!metric || !parsed.ok) return { errors, charge: [] }
  const { metricId, chargeModel, properties } = input
  const { code: metricCode, name: metricName } = metric
  const model = { ...parsed.value }
  return { errors, charge: [{ chargeId, metricId, metricCode, metricName, chargeModel, properties, model }] }
}

/** A charge that stays (same metric and model, the first not yet taken) keeps its id, so its usage and fees stay comparable. */
function chargeIds(inputs: readonly ChargeInput[], { commandId, present }: TermsContext): string[] {
  const left = [...present]
  return inputs.map(({ metricId, chargeModel }, index) => {
    const same = left.findIndex((charge) => charge.metricId === metricId && charge.chargeModel === chargeModel)
    const kept = same < 0 ? undefined : left.splice(same, 1)[0]
    return kept?.chargeId ?? derivedId('charge', commandId, index)
  })
}

/** Refuses a plan that is too large with all that is said of it. */
export function withinPlanBytes<T extends { readonly terms: PlanTerms; readonly description: string | null }>(
  plan: T,
): Result<T> {
  const bytes = new TextEncoder().encode(JSON.stringify(plan)).length
  return bytes > PLAN_BYTES_MAX ? refuse('plan_too_large', `A plan has at most ${PLAN_BYTES_MAX} bytes.`) : ok(plan)
}

function refuseAll(errors: readonly Refusal[]): Result<never> {
  const [first] = errors
  if (first === undefined) throw new TypeError('A refusal needs a reason.')
  return { ok: false, error: { ...first, errors } }
}
