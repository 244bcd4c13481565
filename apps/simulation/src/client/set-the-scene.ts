import { CreateCustomer, CreateOrganization, CreateTestClock } from '@billstream/accounts-contracts'
import { AddPaymentMethod } from '@billstream/checkout-contracts'
import { Tax, TaxApplication } from '@billstream/invoicing-contracts'
import type { Instant } from '@billstream/kernel'
import { CreatePlan } from '@billstream/subscriptions-contracts'
import { BillableMetric } from '@billstream/usage-contracts'
import { WebhookEndpoint } from '@billstream/webhooks-contracts'
import type { Setting } from '../story/story'
import type { Cast, SimulatedCustomer } from './cast'
import type { SimulatedClient } from './simulated-client'

const CURRENCY = 'EUR'
const HASH_LENGTH = 64

/** One who sends, in whose name, and when. */
export interface Scene {
  readonly client: SimulatedClient
  readonly cast: Cast
  /** Real time by the story's plan. */
  readonly planned: Instant
}

/** Everything that is there before the first action. */
export async function setTheScene(scene: Scene): Promise<void> {
  await createOrganization(scene)
  await Promise.all([defineMetrics(scene), defineEndpoints(scene), createClocks(scene)])
  await Promise.all([createPlans(scene), createCustomers(scene)])
  await defineTaxes(scene)
}

async function createOrganization({ client, cast, planned }: Scene): Promise<void> {
  const { organizationId, story } = cast
  const firstKey = { name: null, prefix: 'bxb_test_', hash: '0'.repeat(HASH_LENGTH), expiresAt: null }
  const data = {
    ...{ organizationId, slug: `org-${story.seed}`, test: true, name: 'Simulated', defaultCurrency: CURRENCY },
    ...{ timezone: story.setting.timezone, logoUrl: null, portalAccentColor: null, portalWelcomeMessage: null },
    ...{ hmacKeySecretId: cast.idOf('hmac', 0), hmacKey: 'a key of the simulation' },
    firstKey: { keyId: cast.idOf('key', 0), ...firstKey },
  }
  await client.send(CreateOrganization, data, { intention: 'create the organization', at: { now: planned } })
}

async function defineMetrics({ client, cast, planned }: Scene): Promise<void> {
  for (const [index, { code, aggregation, rounding }] of cast.story.setting.metrics.entries()) {
    const fields = {
      ...{ code, name: code, description: null, aggregationType: aggregation, recurring: false },
      fieldName: aggregation === 'count' ? null : 'value',
      roundingFunction: rounding?.fn ?? null,
      roundingPrecision: rounding?.precision ?? null,
    }
    const data = { id: cast.idOf('metric', index), fields }
    await client.send(BillableMetric.Define, data, { intention: `define metric ${index}`, at: { now: planned } })
  }
}

async function defineEndpoints({ client, cast, planned }: Scene): Promise<void> {
  for (const [index, kind] of cast.story.setting.endpoints.entries()) {
    const fields = {
      url: `https://${kind}-${index}.example.com/hooks`,
      ...({ format: 'boxbilling', signatureAlgo: 'hmac', status: 'active' } as const),
      eventTypes: [],
    }
    const data = { id: cast.idOf('endpoint', index), fields }
    await client.send(WebhookEndpoint.Define, data, { intention: `define endpoint ${index}`, at: { now: planned } })
  }
}

async function createClocks({ client, cast, planned }: Scene): Promise<void> {
  for (const [index, { id, now }] of cast.clocks.entries()) {
    const data = { testClockId: id, name: `clock ${index}`, frozenTime: now }
    await client.send(CreateTestClock, data, { intention: `create clock ${index}`, at: { now: planned } })
  }
}

async function createPlans({ client, cast, planned }: Scene): Promise<void> {
  for (const [index, plan] of cast.story.setting.plans.entries()) {
    const { interval, ...terms } = planTerms(plan, cast)
    const data = {
      ...{ planId: cast.idOf('plan', index), code: `plan_${index}`, name: `Plan ${index}`, description: null },
      ...{ interval, ...terms, trialPeriodDays: 0 },
    }
    await client.send(CreatePlan, data, { intention: `create plan ${index}`, at: { now: planned } })
  }
}

/** What a plan costs, as its commands take it. */
export function planTerms({ interval, amount, charges }: Setting['plans'][number], cast: Cast) {
  return {
    interval,
    amount,
    currency: CURRENCY,
    charges: charges.map(({ metric, model, properties }) => ({
      metricId: cast.idOf('metric', metric),
      chargeModel: model,
      properties: { ...properties },
    })),
  }
}

async function createCustomers(scene: Scene): Promise<void> {
  const { client, cast, planned } = scene
  for (const [index, { timezone, graceDays, token }] of cast.story.setting.customers.entries()) {
    const customer = cast.customer(index)
    const data = {
      ...{ customerId: customer.id, externalId: customer.externalId, testClockId: customer.clock?.id ?? null },
      ...{ currency: null, timezone, invoiceGracePeriodDays: graceDays, netPaymentTermDays: null },
      personal: { name: `Customer ${index}`, email: null, billingMetadata: {} },
    }
    const at = cast.nowOf(customer, planned)
    await client.send(CreateCustomer, data, { intention: `create customer ${index}`, at })
    if (token !== null) await addMethod(scene, customer, token)
  }
}

/** The newest method becomes the default. */
export async function addMethod(
  { client, cast, planned }: Scene,
  customer: SimulatedCustomer,
  token: string,
): Promise<void> {
  const place = (customer.paymentMethods += 1)
  const intention = `add method ${place} of ${customer.externalId}`
  const method = {
    ...{ paymentMethodId: cast.idOf(intention, 0), provider: 'sandbox', providerPaymentMethodId: token },
    ...{ type: 'card', details: {} },
  }
  const data = { customerId: customer.id, method, isDefault: true }
  const expected = ['payment_method_exists']
  await client.send(AddPaymentMethod, data, { intention, at: cast.nowOf(customer, planned), expected })
}

async function defineTaxes({ client, cast, planned }: Scene): Promise<void> {
  const at = { now: planned }
  for (const [index, { rate, customer }] of cast.story.setting.taxes.entries()) {
    const taxId = cast.idOf('tax', index)
    const taxCode = `tax_${index}`
    const fields = { code: taxCode, name: taxCode, rate, description: null, category: null }
    const tax = { id: taxId, fields: { ...fields, appliedToOrganization: customer === null } }
    await client.send(Tax.Define, tax, { intention: `define tax ${index}`, at })
    if (customer === null) continue
    const taxableId = cast.customer(customer).id
    const application = { key: `customer:${taxableId}:${taxId}`, taxId, taxCode, taxableType: 'customer', taxableId }
    const data = { id: cast.idOf('tax application', index), fields: application }
    await client.send(TaxApplication.Define, data, { intention: `apply tax ${index}`, at })
  }
}
