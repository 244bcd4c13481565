import { derivedId } from '@billstream/kernel'
import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import {
  ArchivePlan,
  ChangePlan,
  CreatePlan,
  PlanArchived,
  PlanCreated,
  PlanRenamed,
  PlanVersioned,
} from '@billstream/subscriptions-contracts'
import { planDecider } from './plan.decider'
import type { ChargeInput } from './plan-terms'

const planId = '00000000-0000-7000-8000-0000000000b1'
const tokens = '00000000-0000-7000-8000-0000000000e1'
const calls = '00000000-0000-7000-8000-0000000000e2'
const commandId = testMetadata().commandId
const facts = { metrics: { [tokens]: { code: 'tokens', name: 'Tokens' }, [calls]: { code: 'calls', name: 'Calls' } } }
const perCall: ChargeInput = { metricId: calls, chargeModel: 'standard', properties: { amount: '0.05' } }
const perToken: ChargeInput = {
  metricId: tokens,
  chargeModel: 'graduated',
  properties: {
    graduated_ranges: [
      { from_value: 0, to_value: 10, per_unit_amount: '1' },
      { from_value: 11, to_value: null, per_unit_amount: '0.5' },
    ],
  },
}
const callsCharge = {
  chargeId: derivedId('charge', commandId, 0),
  metricId: calls,
  metricCode: 'calls',
  metricName: 'Calls',
  chargeModel: 'standard',
  properties: perCall.properties,
  model: { model: 'standard', unitPrice: '0.05', minAmount: null, maxAmount: null },
}
const terms = { amount: '2000', currency: 'USD', trialPeriodDays: 0, charges: [callsCharge] }
const head = { planId, code: 'pro', name: 'Pro', description: null, interval: 'monthly' as const }
const created = PlanCreated({ ...head, version: 1, terms })

const create = (over: Partial<Parameters<typeof CreatePlan>[0]> = {}) => ({
  ...CreatePlan(
    { ...head, amount: '2000', currency: 'usd', trialPeriodDays: 0, charges: [perCall], ...over },
    testMetadata(),
  ),
  facts,
})
const change = (changes: Parameters<typeof ChangePlan>[0]['changes'], id = '00000000-0000-7000-8000-000000000002') => ({
  ...ChangePlan({ planId, changes }, testMetadata({ commandId: id })),
  facts,
})
const archive = (inUse: boolean) => ({ ...ArchivePlan({ planId }, testMetadata()), facts: { inUse } })
const { given } = specificationOf(planDecider)

describe('a plan that does not exist', () => {
  it('is created in version 1, its currency in capitals, its charges in the form that is priced', () =>
    given().when(create()).then(created))
  it.each([
    ['a negative amount', { amount: '-1' }, 'amount_out_of_range', 'amount_cents'],
    ['an amount of 19 digits', { amount: '1'.repeat(19) }, 'amount_out_of_range', 'amount_cents'],
    ['an unknown currency', { currency: 'XXZ' }, 'unknown_currency', 'currency'],
    ['a trial', { trialPeriodDays: 7 }, 'not_available', 'trial_period_days'],
    ['101 charges', { charges: Array.from({ length: 101 }, () => perCall) }, 'too_many_charges', 'charges'],
    [
      'a metric that does not exist',
      { charges: [perCall, { ...perCall, metricId: planId }] },
      'metric_not_found',
      'charges.1.billable_metric_id',
    ],
    [
      'a charge model that cannot be priced yet',
      { charges: [{ ...perCall, chargeModel: 'percentage' }] },
      'not_available',
      'charges.0.charge_model',
    ],
    [
      'a negative price',
      { charges: [{ ...perCall, properties: { amount: '-1' } }] },
      'negative_price',
      'charges.0.properties.amount',
    ],
  ])('refuses %s', (_, over, code, field) => given().when(create(over)).refuses(code, field))
  it('names every invalid field', () => {
    const { outcome } = given().when(
      create({ amount: '-1', currency: '??', charges: [{ ...perToken, metricId: planId, properties: { tiers: [] } }] }),
    )
    expect(outcome.ok ? [] : outcome.error.errors?.map(({ field }) => field)).toEqual([
      'amount_cents',
      'currency',
      'charges.0.billable_metric_id',
      'charges.0.properties.tiers',
    ])
  })
  it('names the range that leaves a gap', () => {
    const ranges = [
      { from_value: 0, to_value: 10, per_unit_amount: '1' },
      { from_value: 13, to_value: null, per_unit_amount: '1' },
    ]
    given()
      .when(create({ charges: [{ ...perToken, properties: { graduated_ranges: ranges } }] }))
      .refuses('range_gap', 'charges.0.properties.graduated_ranges.1.from_value')
  })
  it('refuses more than 500,000 bytes', () => {
    const tiers = Array.from({ length: 100 }, (_, i) => ({
      up_to: i === 99 ? null : `${i + 1}.000000000001`,
      unit_price: '111111111111111111.111111111111',
      flat_amount: '111111111111111111.111111111111',
    }))
    const charges = Array.from({ length: 100 }, () => ({ ...perToken, properties: { tiers } }))
    given().when(create({ charges })).refuses('plan_too_large')
  })
  it('refuses more than 500,000 bytes of description', () => {
    given()
      .when(create({ description: 'x'.repeat(500_000) }))
      .refuses('plan_too_large')
  })
  it('cannot be changed or archived', () => {
    given()
      .when(change({ name: 'X' }))
      .refuses('plan_not_found')
    given().when(archive(false)).refuses('plan_not_found')
  })
})

describe('an active plan', () => {
  it('holds its code', () =>
    expect(planDecider.claims?.(given(created).state)).toEqual([{ kind: 'plan-code', key: 'pro' }]))
  it('is not created twice', () => given(created).when(create()).refuses('plan_exists'))
  it('gets no description of more than 500,000 bytes', () =>
    given(created)
      .when(change({ description: 'x'.repeat(500_000) }))
      .refuses('plan_too_large'))
  it('gets a new name without a new version', () =>
    given(created)
      .when(change({ name: 'Pro 2' }))
      .then(PlanRenamed({ planId, name: 'Pro 2', description: null })))
  it('records nothing when nothing changes', () =>
    given(created)
      .when(change({ name: 'Pro', description: null, amount: '2000', charges: [perCall] }))
      .nothing())
  it('gets a new version with its new amount and name', () =>
    given(created)
      .when(change({ amount: '3000', name: 'Pro 2' }))
      .then(
        PlanRenamed({ planId, name: 'Pro 2', description: null }),
        PlanVersioned({ planId, name: 'Pro 2', interval: 'monthly', version: 2, terms: { ...terms, amount: '3000' } }),
      ))
  it('keeps the id of a charge of the same metric and model, and gives a new one to a new charge', () => {
    const { outcome } = given(created).when(
      change({ charges: [perToken, { ...perCall, properties: { amount: '0.06' } }] }),
    )
    const [event] = outcome.ok ? outcome.value : []
    expect(event?.type === 'PlanVersioned' && event.data.terms.charges.map(({ chargeId }) => chargeId)).toEqual([
      derivedId('charge', '00000000-0000-7000-8000-000000000002', 0),
      callsCharge.chargeId,
    ])
  })
  it('is archived unless a subscription of it runs', () => {
    given(created).when(archive(true)).refuses('plan_in_use')
    given(created).when(archive(false)).then(PlanArchived({ planId }))
  })
})

describe('an archived plan', () => {
  const archived = given(created, PlanArchived({ planId }))
  it('has freed its code', () => expect(planDecider.claims?.(archived.state)).toEqual([]))
  it('is not found', () => {
    archived.when(change({ name: 'X' })).refuses('plan_not_found')
    archived.when(archive(false)).refuses('plan_not_found')
    archived.when(create()).refuses('plan_exists')
  })
})
