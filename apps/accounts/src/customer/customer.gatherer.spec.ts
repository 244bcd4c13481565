import { ChangeCustomer, CreateCustomer, DeleteCustomer } from '@billstream/accounts-contracts'
import { organizationProjection, testClockProjection } from '@billstream/accounts-read-model'
import type { Command, Projection, ViewDefinition, ViewRow } from '@billstream/event-sourcing-core'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import { MemoryViews, type FactReader } from '@billstream/event-sourcing-runtime'
import { invoiceProjection } from '@billstream/invoicing-read-model'
import { systemSleeper } from '@billstream/platform'
import { subscriptionProjection } from '@billstream/subscriptions-read-model'
import { customerGatherers } from './customer.gatherer'

const { organizationId } = testMetadata()
const customerId = '00000000-0000-5000-8000-000000000002'
const someoneElse = '00000000-0000-5000-8000-000000000003'
const testClockId = '00000000-0000-5000-8000-000000000004'

const BLANK = {
  text: '',
  uuid: '00000000-0000-5000-8000-000000000000',
  instant: '2026-06-01T00:00:00.000Z',
  integer: 0,
  minor: '0',
  decimal: '0',
  boolean: false,
  json: {},
}

interface Given {
  readonly projection: Projection
  readonly row: ViewRow<ViewDefinition>
}

/** A row of which only some columns matter. */
function row<V extends ViewDefinition>(projection: Projection<V>, columns: Partial<ViewRow<V>>): Given {
  const { view } = projection
  const blank = Object.fromEntries(Object.entries(view.columns).map(([name, { kind }]) => [name, BLANK[kind]]))
  const whole = { ...blank, id: `${view.name}-1`, organization_id: organizationId, ...columns }
  return { projection, row: whole }
}

const organization = row(organizationProjection, { id: organizationId, default_currency: 'USD' })
const subscription = (status: string, customer_id = customerId) => row(subscriptionProjection, { customer_id, status })
const invoice = (status: string, amount_due_cents: string, customer_id = customerId) =>
  row(invoiceProjection, { customer_id, status, amount_due_cents })

function gather(command: Command, ...given: readonly Given[]) {
  const views = new MemoryViews(systemSleeper)
  const ready = Promise.all(
    given.map(async ({ projection, row }) => {
      await views.reset(projection, projection.view)
      await views.commit(projection, { from: 0n, to: 1n }, { view: projection.view, upserts: [row], removals: [] })
    }),
  )
  const facts: FactReader = {
    get: (projection, id) => ready.then(() => views.get(projection.view, organizationId, id)),
    find: (projection, options) => ready.then(() => views.find(projection.view, organizationId, options)),
  }
  return customerGatherers[command.type]?.(command, facts)
}

describe('a new customer', () => {
  const terms = { currency: null, timezone: null, invoiceGracePeriodDays: null, netPaymentTermDays: null }
  const personal = { name: 'Ada', email: null, billingMetadata: {} }
  const create = (clock: string | null) =>
    CreateCustomer({ customerId, externalId: 'ada', testClockId: clock, ...terms, personal }, testMetadata())

  it('needs no test clock', async () => expect(await gather(create(null))).toMatchObject({ ok: true }))
  it('may follow a test clock of its organization', async () =>
    expect(await gather(create(testClockId), row(testClockProjection, { id: testClockId }))).toMatchObject({
      ok: true,
    }))
  it.each([
    ['nobody', []],
    ['another organization', [row(testClockProjection, { id: testClockId, organization_id: someoneElse })]],
  ])('does not follow a test clock of %s', async (_whose, given) =>
    expect(await gather(create(testClockId), ...given)).toMatchObject({
      error: { code: 'test_clock_not_found', field: 'test_clock_id' },
    }),
  )
})

describe('a change of currency', () => {
  const change = ChangeCustomer({ customerId, changes: { currency: 'EUR' }, personal: {} }, testMetadata())

  it.each([
    ['nothing', [], false],
    ['a subscription, also one that has ended', [subscription('terminated')], true],
    ['an invoice, also one that is paid', [invoice('paid', '0')], true],
    ["another customer's", [subscription('active', someoneElse), invoice('paid', '0', someoneElse)], false],
  ])('is measured against %s', async (_what, given, billed) =>
    expect(await gather(change, organization, ...given)).toEqual({
      ok: true,
      value: { organizationCurrency: 'USD', billed },
    }),
  )

  it('is the only change that needs to know', async () =>
    expect(await gather(ChangeCustomer({ customerId, changes: {}, personal: {} }, testMetadata()))).toEqual({
      ok: true,
      value: undefined,
    }))
})

describe('a customer that is to go', () => {
  const remove = DeleteCustomer({ customerId }, testMetadata())

  it.each([
    ['nothing', [], false],
    ['a running subscription', [subscription('active')], true],
    ['a subscription that has not begun', [subscription('pending')], true],
    ['an ended subscription', [subscription('terminated')], false],
    ['a draft of nothing yet', [invoice('draft', '0')], true],
    ['an unpaid invoice', [invoice('finalized', '100')], true],
    ['a paid invoice', [invoice('paid', '0')], false],
    ['a voided invoice', [invoice('voided', '100')], false],
    ["another customer's", [subscription('active', someoneElse), invoice('draft', '1', someoneElse)], false],
  ])('with %s', async (_what, given, owes) =>
    expect(await gather(remove, ...given)).toEqual({ ok: true, value: { owes } }),
  )
})
