import { customerProjection, organizationProjection } from '@billstream/accounts-read-model'
import type { Command, Projection, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { MemoryViews, type FactReader, type Gather } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { systemSleeper } from '@billstream/platform'
import {
  ActivateSubscription,
  ArchivePlan,
  ChangePlan,
  CreatePlan,
  CreateSubscription,
  TerminateSubscription,
} from '@billstream/subscriptions-contracts'
import { planProjection, subscriptionProjection } from '@billstream/subscriptions-read-model'
import { billableMetricProjection } from '@billstream/usage-read-model'
import { gatherForArchivePlan, gatherForChangePlan, gatherForCreatePlan } from './plan/plan.facts'
import {
  gatherForActivateSubscription,
  gatherForCreateSubscription,
  gatherTimezone,
} from './subscription/subscription.facts'

const { organizationId } = testMetadata()
const [customerId, planId, subscriptionId] = ['customer', 'plan', 'subscription'].map((role) => derivedId(role)) as [
  string,
  string,
  string,
]
const BLANK = { text: '', uuid: derivedId('blank'), instant: '2026-06-01T00:00:00.000Z', integer: 0, minor: '0' }
const blanks = { ...BLANK, decimal: '0', boolean: false, json: {} }

interface Given {
  readonly projection: Projection
  readonly row: ViewRow<ViewDefinition>
}

/** A row of which only some columns matter. */
function row<V extends ViewDefinition>(projection: Projection<V>, columns: Partial<ViewRow<V>>): Given {
  const empty = Object.fromEntries(
    Object.entries(projection.view.columns).map(([name, { kind, nullable }]) => [name, nullable ? null : blanks[kind]]),
  )
  return { projection, row: { ...empty, id: projection.name, organization_id: organizationId, ...columns } }
}

async function gather(by: Gather, command: Command, ...given: readonly Given[]) {
  const views = new MemoryViews(systemSleeper)
  const all = [customerProjection, organizationProjection, planProjection, subscriptionProjection]
  for (const projection of [...all, billableMetricProjection] as readonly Projection[]) {
    const upserts = given.filter((each) => each.projection.name === projection.name).map(({ row }) => row)
    await views.reset(projection, projection.view)
    await views.commit(projection, { from: 0n, to: 1n }, { view: projection.view, upserts, removals: [] })
  }
  const facts: FactReader = {
    get: (projection, id) => views.get(projection.view, organizationId, id),
    find: (projection, options) => views.find(projection.view, organizationId, options),
  }
  return by(command, facts)
}

const plan = (status = 'active') =>
  row(planProjection, {
    id: planId,
    status,
    version: 3,
    name: 'Pro',
    interval: 'monthly',
    amount_cents: '3100',
    currency: 'USD',
  })
const customer = (timezone: string | null = null, status = 'active') =>
  row(customerProjection, { id: customerId, external_id: 'acme', timezone, status })
const organization = row(organizationProjection, { id: organizationId, timezone: 'Europe/Berlin' })
const subscription = (status: string) =>
  row(subscriptionProjection, { id: subscriptionId, customer_id: customerId, plan_id: planId, status })
const subscribed = { planId, planVersion: 3, planName: 'Pro', interval: 'monthly', amount: '3100', currency: 'USD' }
const create = CreateSubscription(
  {
    ...{ subscriptionId, externalId: 'acme-1', customerId, planId, billingTime: 'calendar', payInAdvance: false },
    ...{ onTerminationAction: 'skip', startedAt: null, subscriptionAt: null },
  },
  testMetadata(),
)

describe('what a new subscription needs', () => {
  it("is the customer, the plan's newest version and the billing timezone", async () => {
    const facts = await gather(gatherForCreateSubscription, create, plan(), customer('Asia/Tokyo'), organization)
    expect(facts).toEqual({
      ok: true,
      value: { externalCustomerId: 'acme', plan: subscribed, timezone: 'Asia/Tokyo' },
    })
  })
  it('is the timezone of the organization, else UTC, where the customer has none', async () => {
    expect(await gather(gatherForCreateSubscription, create, plan(), customer(), organization)).toMatchObject({
      value: { timezone: 'Europe/Berlin' },
    })
    expect(await gather(gatherForCreateSubscription, create, plan(), customer())).toMatchObject({
      value: { timezone: 'UTC' },
    })
  })
  it.each([
    ['a customer that is not there', [plan()], 'customer_not_found', 'customer_id'],
    ['a deleted customer', [plan(), customer(null, 'deleted')], 'customer_not_found', 'customer_id'],
    ['a plan that is not there', [customer()], 'plan_not_found', 'plan_id'],
    ['an archived plan', [plan('archived'), customer()], 'plan_not_found', 'plan_id'],
  ])('is not %s', async (_, given, code, field) =>
    expect(await gather(gatherForCreateSubscription, create, ...given)).toMatchObject({ error: { code, field } }),
  )
})

describe('what a running subscription needs', () => {
  const activate = ActivateSubscription({ subscriptionId }, testMetadata())
  const terminate = TerminateSubscription({ subscriptionId, onTerminationAction: null }, testMetadata())
  it('at its start is the newest version and the present timezone', async () =>
    expect(
      await gather(gatherForActivateSubscription, activate, subscription('pending'), plan(), customer('Asia/Tokyo')),
    ).toEqual({ ok: true, value: { plan: subscribed, timezone: 'Asia/Tokyo' } }))
  it('at a close or its end is the present timezone', async () =>
    expect(await gather(gatherTimezone, terminate, subscription('active'), customer(), organization)).toEqual({
      ok: true,
      value: { timezone: 'Europe/Berlin' },
    }))
  it('is that it exists', async () => {
    const notFound = { error: { code: 'subscription_not_found' } }
    expect(await gather(gatherForActivateSubscription, activate)).toMatchObject(notFound)
    expect(await gather(gatherTimezone, terminate)).toMatchObject(notFound)
  })
})

describe('what a plan needs', () => {
  const [tokens, calls] = ['tokens', 'calls'].map((code) => derivedId('metric', code)) as [string, string]
  const metric = (id: string, code: string, status = 'active') =>
    row(billableMetricProjection, { id, code, name: code.toUpperCase(), status })
  const priced = (metricId: string) => ({ metricId, chargeModel: 'standard', properties: {} })
  const terms = { amount: '1', currency: 'USD', trialPeriodDays: 0, charges: [priced(tokens), priced(calls)] }
  const head = { planId, code: 'pro', name: 'Pro', description: null, interval: 'monthly' as const }
  const found = { ok: true, value: { metrics: { [tokens]: { code: 'tokens', name: 'TOKENS' } } } }
  it('are the metrics that its charges name, but for removed ones', async () => {
    const given = [metric(tokens, 'tokens'), metric(calls, 'calls', 'removed')]
    expect(await gather(gatherForCreatePlan, CreatePlan({ ...head, ...terms }, testMetadata()), ...given)).toEqual(
      found,
    )
    const change = ChangePlan({ planId, changes: { charges: [priced(tokens)] } }, testMetadata())
    expect(await gather(gatherForChangePlan, change, ...given)).toEqual(found)
  })
  it('is nothing when its charges stay', async () =>
    expect(await gather(gatherForChangePlan, ChangePlan({ planId, changes: {} }, testMetadata()))).toEqual({
      ok: true,
      value: { metrics: {} },
    }))
  it.each([
    ['pending', true],
    ['active', true],
    ['terminated', false],
  ])('to be archived is whether a subscription that is %s is in the way: %s', async (status, inUse) =>
    expect(await gather(gatherForArchivePlan, ArchivePlan({ planId }, testMetadata()), subscription(status))).toEqual({
      ok: true,
      value: { inUse },
    }),
  )
})
