import { projectRows, recorded } from '@billstream/event-sourcing-core/testing'
import { PlanArchived, PlanCreated, PlanRenamed, PlanVersioned } from '@billstream/subscriptions-contracts'
import { planVersionProjection } from '../plan-version/plan-version.projection'
import { planVersionId } from '../plan-version/plan-version.view'
import { planProjection } from './plan.projection'

const planId = 'p1'
const terms = { amount: '2000', currency: 'USD', trialPeriodDays: 0, charges: [] }
const head = { planId, name: 'Pro', interval: 'monthly' as const }
const events = [
  recorded(PlanCreated({ ...head, code: 'pro', description: null, version: 1, terms })),
  recorded(PlanRenamed({ planId, name: 'Pro 2', description: 'new' })),
  recorded(PlanVersioned({ ...head, name: 'Pro 2', version: 2, terms: { ...terms, amount: '3000' } })),
]

describe('a plan as rows', () => {
  it('is its newest version', () =>
    expect(projectRows(planProjection, events).get(planId)).toMatchObject({
      ...{ code: 'pro', name: 'Pro 2', description: 'new', version: 2, amount_cents: '3000', status: 'active' },
    }))
  it('stays readable when it is archived', () =>
    expect(projectRows(planProjection, [...events, recorded(PlanArchived({ planId }))]).get(planId)).toMatchObject({
      status: 'archived',
    }))
  it('keeps every version as it was made', () => {
    const versions = projectRows(planVersionProjection, events)
    expect(versions.get(planVersionId(planId, 1))).toMatchObject({
      name: 'Pro',
      interval: 'monthly',
      amount_cents: '2000',
    })
    expect(versions.get(planVersionId(planId, 2))).toMatchObject({ name: 'Pro 2', version: 2, amount_cents: '3000' })
  })
})
