import { PreviewInvoice, StartFinalization, type InvoiceTotals } from '@billstream/invoicing-contracts'
import { invoiceView } from '@billstream/invoicing-read-model'
import { ok, refuse } from '@billstream/kernel'
import { subscriptionView } from '@billstream/subscriptions-read-model'
import { ACME, OTHER } from '../../../../test/gateway-under-test'
import { id, startResources, type ResourcesUnderTest } from '../../../../test/resources-under-test'
import { fee, invoiceRow, NOW, subscriptionRow } from '../../../../test/sample-rows'

let gateway: ResourcesUnderTest

beforeEach(async () => {
  gateway = await startResources()
  await gateway.customer('anna')
  const base = { chargeId: null, metricCode: null, unitAmount: '2000', units: '1', amount: '2000' }
  await gateway.show(
    invoiceView,
    invoiceRow(ACME, 'draft', { fees: [fee('Calls'), fee('Pro', base)], created_at: '2026-06-03T00:00:00.000Z' }),
    invoiceRow(ACME, 'issued', {
      ...{ status: 'finalized', invoice_number: 'INV-20260601-0001', issued_at: NOW, due_date: NOW },
      ...{ subscription_id: id('other subscription'), created_at: '2026-06-02T00:00:00.000Z', total_cents: '500' },
    }),
    invoiceRow(ACME, 'paid', {
      ...{ status: 'paid', paid_at: NOW, customer_id: id('ben'), created_at: '2026-06-01T00:00:00.000Z' },
      total_cents: '7',
    }),
    invoiceRow(OTHER, 'of another'),
  )
})
afterEach(() => gateway.close())

describe('invoices', () => {
  it.each([
    ['', ['draft', 'issued', 'paid']],
    ['status=draft', ['draft']],
    ['status=voided', []],
    [`customer_id=${id('ben')}`, ['paid']],
    [`subscription_id=${id('other subscription')}&status=finalized`, ['issued']],
    ['order_by=total_cents', ['paid', 'draft', 'issued']],
    ['order_by=issued_at:desc&limit=1', ['issued']],
  ])('are listed by %j for their organization alone', async (query, names) => {
    const { json } = await gateway.acme('GET', `/v1/invoices/?${query}`)
    expect(json.map((invoice) => invoice['id'])).toEqual(names.map(id))
  })

  it('name a status that cannot be', async () =>
    expect(await gateway.acme('GET', '/v1/invoices/?status=finalizing')).toMatchObject({
      status: 422,
      json: { detail: [{ loc: ['query', 'status'] }] },
    }))

  it('are shown with one line per fee, in order', async () => {
    const { json } = await gateway.acme('GET', `/v1/invoices/${id('draft')}`)
    expect(json).toMatchObject({
      ...{ status: 'draft', invoice_number: expect.stringMatching(/^DRAFT-[0-9a-f]{8}$/) as unknown },
      ...{ issued_at: null, due_date: null, subtotal_cents: '99.0000', total_cents: '119.0000' },
    })
    const units = { quantity: '13.5000', unit_price: '7.3330', amount: '99.0000' }
    expect(json['line_items']).toEqual([
      { description: 'Calls', ...units, charge_id: id('charge'), metric_code: 'calls' },
      {
        ...{ description: 'Pro', quantity: '1.0000', unit_price: '2000.0000', amount: '2000.0000' },
        ...{ charge_id: null, metric_code: null },
      },
    ])
  })

  it('of another organization are unknown', async () =>
    expect(await gateway.acme('GET', `/v1/invoices/${id('of another')}`)).toMatchObject({
      status: 404,
      json: { code: 'invoice_not_found' },
    }))
})

describe('finalizing a draft', () => {
  const finalize = (name = 'draft', headers = {}) =>
    gateway.acme('POST', `/v1/invoices/${id(name)}/finalize`, undefined, headers)
  const final = { status: 'finalized', invoice_number: 'INV-20260601-0002', issued_at: NOW, due_date: NOW }
  /** The chain goes on after the command was answered. */
  const finalizedSoon = (changes: object = {}) => {
    setImmediate(() => void gateway.show(invoiceView, invoiceRow(ACME, 'draft', { ...final, ...changes })))
    return ok(undefined)
  }

  it('answers with the number that it got', async () => {
    gateway.onCommand(StartFinalization, () => finalizedSoon())
    expect(await finalize()).toMatchObject({
      status: 200,
      json: { status: 'finalized', invoice_number: 'INV-20260601-0002', issued_at: NOW },
    })
    expect(gateway.sent).toMatchObject([{ data: { invoiceId: id('draft') } }])
  })

  it('does not take a moved draft for the outcome', async () => {
    gateway.onCommand(StartFinalization, async () => {
      await gateway.show(invoiceView, invoiceRow(ACME, 'draft', { total_cents: '120' }))
      return finalizedSoon({ status: 'paid', paid_at: NOW })
    })
    expect(await finalize()).toMatchObject({ status: 200, json: { status: 'paid', paid_at: NOW } })
  })

  it('that is not done within 10 s is told to come again', async () => {
    gateway.onCommand(StartFinalization, () => {
      setImmediate(() => {
        gateway.clock.advance(11)
        void gateway.show(invoiceView, invoiceRow(ACME, 'draft', { total_cents: '120' }))
      })
      return ok(undefined)
    })
    expect(await finalize()).toMatchObject({ status: 503, headers: { 'retry-after': '1' } })
  })

  it('is refused for anything else', async () => {
    gateway.onCommand(StartFinalization, () => refuse('invoice_not_draft', 'It is not a draft.'))
    const { status, json } = await finalize('issued')
    expect([status, json]).toEqual([400, { detail: 'It is not a draft.', code: 'invoice_not_draft' }])
  })

  it('is refused at once while billing is halted', async () => {
    const { billingHalts } = gateway
    await billingHalts.halt({ organizationId: OTHER, reason: 'x', by: 'ann', at: NOW })
    gateway.onCommand(StartFinalization, () => finalizedSoon())
    expect(await finalize()).toMatchObject({ status: 200 })
    await billingHalts.halt({ organizationId: ACME, reason: 'a wrong price', by: 'ann', at: NOW })
    const { status, json } = await finalize('issued')
    expect([status, json]).toMatchObject([409, { code: 'billing_halted' }])
    expect(gateway.sent).toHaveLength(1)
  })

  it('is not offered for an invoice of another organization', async () => {
    expect(await finalize('of another')).toMatchObject({ status: 404, json: { code: 'invoice_not_found' } })
    expect(gateway.sent).toEqual([])
  })

  it("happens in the customer's time, and waits while its clock advances", async () => {
    await gateway.customer('anna', { testClockId: await gateway.testClock() })
    gateway.onCommand(StartFinalization, () => finalizedSoon())
    await finalize()
    expect(gateway.sent).toMatchObject([{ metadata: { now: gateway.frozenTime, clockId: id('clock') } }])
    await gateway.testClock({ advancing: true })
    expect(await finalize()).toMatchObject({ status: 409, headers: { 'retry-after': '1' } })
  })
})

describe('previewing the next invoice', () => {
  const totals: InvoiceTotals = {
    ...{ subtotal: '99', coupons: '0', tax: '20', progressiveCredit: '0', total: '119' },
    ...{ prepaidCredit: '0', amountDue: '119' },
  }
  const preview = (body: object = { subscription_id: id('subscription') }) =>
    gateway.acme('POST', '/v1/invoices/preview', body)

  beforeEach(() =>
    gateway.show(subscriptionView, subscriptionRow(ACME, 'subscription'), subscriptionRow(OTHER, 'theirs')),
  )

  it('shows its fees and totals', async () => {
    gateway.onQuery(PreviewInvoice, () => ({
      ok: true as const,
      currency: 'USD',
      fees: [fee('Calls')],
      totals,
      usage: [],
    }))
    const { status, json } = await preview()
    expect([status, json]).toEqual([
      200,
      {
        ...{ subtotal_cents: '99.0000', tax_amount_cents: '20.0000', coupons_amount_cents: '0.0000' },
        ...{ prepaid_credit_amount_cents: '0.0000', total_cents: '119.0000', currency: 'USD' },
        fees: [
          {
            ...{ description: 'Calls', units: '13.5000', unit_amount_cents: '7.3330', amount_cents: '99.0000' },
            ...{ charge_model: 'standard', metric_code: 'calls' },
          },
        ],
      },
    ])
  })

  it("asks in the customer's time for the window that was sent, and the real period otherwise", async () => {
    const asked: unknown[] = []
    gateway.onQuery(PreviewInvoice, (data, { now, organizationId }) => {
      asked.push({ ...data, now, organizationId })
      return { ok: true as const, currency: 'USD', fees: [], totals, usage: [] }
    })
    await gateway.customer('anna', { testClockId: await gateway.testClock() })
    const subscriptionId = id('subscription')
    await preview({ subscription_id: subscriptionId, billing_period_start: '2023-11-02T00:00:00+01:00' })
    await preview({ subscription_id: subscriptionId, billing_period_end: null })
    const common = { subscriptionId, now: gateway.frozenTime, organizationId: ACME }
    expect(asked).toEqual([
      { ...common, from: '2023-11-01T23:00:00.000Z', to: null },
      { ...common, from: null, to: null },
    ])
  })

  it.each([
    ['subscription_not_active', undefined, 400],
    ['window_over_boundary', undefined, 400],
    ['invalid_window', 'billing_period_end', 422],
  ] as const)('is refused: %s', async (code, field, expected) => {
    const error = { code, message: 'No.', ...(field && { field }) }
    gateway.onQuery(PreviewInvoice, () => ({ ok: false as const, error }))
    const { status, json } = await preview()
    const detail = field ? [{ loc: ['body', field], msg: 'No.' }] : 'No.'
    expect([status, json]).toMatchObject([expected, { code, detail }])
  })

  it.each(['theirs', 'nothing'])('does not know a subscription of another organization: %s', async (name) =>
    expect(await preview({ subscription_id: id(name) })).toMatchObject({
      status: 400,
      json: { code: 'subscription_not_found' },
    }),
  )

  it.each([
    [{}, 'subscription_id'],
    [{ subscription_id: id('subscription'), billing_period_start: 'yesterday' }, 'billing_period_start'],
  ])('names what is wrong in %j', async (body, field) =>
    expect(await preview(body)).toMatchObject({ status: 422, json: { detail: [{ loc: ['body', field] }] } }),
  )
})
