import { PaymentOpened, PaymentSucceeded } from '@billstream/checkout-contracts'
import {
  InvoiceDrafted,
  InvoiceFinalized,
  InvoicePaid,
  type Fee,
  type InvoiceContent,
} from '@billstream/invoicing-contracts'
import { invoiceView } from '@billstream/invoicing-read-model'
import { derivedId } from '@billstream/kernel'
import { PlanCreated } from '@billstream/subscriptions-contracts'
import { subscriptionView } from '@billstream/subscriptions-read-model'
import { PeriodMeasured } from '@billstream/usage-contracts'
import { opsInMemory, organizationId } from '../test/ops-in-memory'

const [planId, chargeId, subscriptionId, customerId] = ['plan', 'charge', 'subscription', 'customer'].map((name) =>
  derivedId('trust', name),
) as [string, string, string, string]
const period = { start: '2026-05-01T00:00:00.000Z', end: '2026-06-01T00:00:00.000Z' }
const tax = { taxId: derivedId('trust', 'tax'), code: 'vat', name: 'VAT', rate: '20' }

interface Check {
  readonly check: string
  readonly checked: number
  readonly differing: number
}
interface Rederived {
  readonly checked: number
  readonly differences: readonly { readonly where: string; readonly recorded: unknown; readonly derived: unknown }[]
}

interface Wrong {
  readonly fee?: Partial<Fee>
  readonly totals?: Partial<InvoiceContent['totals']>
}

/** 10 units at 25 minor units, with 20 % of tax: 250 + 50. `wrong` changes what is recorded. */
async function billed({ measurementOfFee, ...wrong }: Wrong & { readonly measurementOfFee?: string } = {}) {
  const ops = opsInMemory()
  const model = { model: 'standard', unitPrice: '25', minAmount: null, maxAmount: null }
  const charge = { chargeId, metricId: derivedId('trust', 'metric'), metricCode: 'calls', metricName: 'Calls' }
  const terms = {
    amount: '0',
    currency: 'USD',
    trialPeriodDays: 0,
    charges: [{ ...charge, chargeModel: 'standard', properties: {}, model }],
  }
  const plan = { planId, code: 'calls', name: 'Calls', interval: 'monthly', version: 1, terms, description: null }
  await ops.record([PlanCreated(plan as never)], { stream: `plan-${planId}` })
  const boundaryEvent = derivedId('trust', 'boundary')
  const invoiceId = derivedId('invoice', boundaryEvent)
  const measurementId = derivedId('trust', 'measurement')
  const parts = { eventsCount: 10, sum: '0', max: null, latest: null, uniqueCount: 0 }
  const measured = { chargeId, metricId: charge.metricId, metricCode: 'calls', aggregation: 'count', rounding: null }
  const measurement = {
    ...{ measurementId, purpose: 'final', invoiceId, subscriptionId, customerId, externalCustomerId: 'ann' },
    ...{ externalSubscriptionId: 's', planId, planVersion: 1, period, boundary: { kind: 'period', base: null } },
    ...{ watermark: '7', charges: [{ ...measured, parts, units: '10' }], corrections: [] },
  }
  await ops.record([PeriodMeasured(measurement as never)], { stream: `measurement-${measurementId}` })
  const content = contentOf(invoiceId, measurementOfFee ?? measurementId, wrong)
  const head = { invoiceId, customerId, subscriptionId, currency: 'USD' }
  const drafted = {
    ...{ ...head, ...content, invoiceType: 'subscription', externalSubscriptionId: 's', timezone: 'UTC' },
    ...{ billingPeriod: period, boundaryAt: period.end, finalizeAt: period.end, netPaymentTermDays: 30, measured: {} },
  }
  const issued = { number: 'INV-1', issuedAt: period.end, dueDate: period.end, droppedFeeIds: [], personal: null }
  const events = [InvoiceDrafted(drafted), InvoiceFinalized({ ...head, ...content, ...issued })]
  await ops.record(events, { stream: `invoice-${invoiceId}` })
  await ops.project()
  await rowOfSubscription(ops)
  return { ops, invoiceId }
}

function contentOf(invoiceId: string, measurementId: string, wrong: Wrong): InvoiceContent {
  const step = { kind: 'units', from: '0', to: null, units: '10', unitPrice: '25', flatAmount: '0', amount: '250' }
  const fee: Fee = {
    ...{ feeId: derivedId('fee', invoiceId, 'charge', chargeId), feeType: 'charge', chargeId, metricCode: 'calls' },
    ...{ chargeModel: 'standard', description: 'Calls', units: '10', eventsCount: 10, unitAmount: '25' },
    ...{ properties: {}, period },
    cause: {
      ...{ planId, planVersion: 1, measurementId, watermark: '7', rule: 'standard', exact: '250', steps: [step] },
      ...{ corrects: null, carried: '0' },
    },
    ...{ amount: '250', taxes: [{ ...tax, amount: '50' }], taxAmount: '50' },
    ...wrong.fee,
  }
  const totals = {
    ...{ subtotal: '250', coupons: '0', tax: '50', progressiveCredit: '0', total: '300', prepaidCredit: '0' },
    ...{ amountDue: '300', ...wrong.totals },
  }
  return { fees: [fee], taxes: [{ ...tax, taxable: '250', amount: '50' }], totals, measurementId }
}

/** The list of subscriptions is where `rederive` begins. */
async function rowOfSubscription({ ports }: ReturnType<typeof opsInMemory>): Promise<void> {
  const blank = Object.fromEntries(
    Object.entries(subscriptionView.columns).map(([name, { nullable }]) => [name, nullable ? null : '']),
  )
  const at = '2026-05-01T00:00:00.000Z'
  const ids = { id: subscriptionId, organization_id: organizationId, customer_id: customerId, plan_id: planId }
  const row = { ...blank, ...ids, plan: {}, pay_in_advance: false, created_at: at, updated_at: at }
  await ports.viewWriter.reset({ name: 'spec', version: 1 }, subscriptionView)
  const writes = { view: subscriptionView, upserts: [row as never], removals: [] }
  await ports.viewWriter.commit({ name: 'spec', version: 1 }, { from: 0n, to: 1n }, writes)
}

describe('an invoice made once more', () => {
  it('is the same from the same facts', async () => {
    const { ops } = await billed()
    expect(await ops.json<Rederived>('invoices', 'rederive', '--all')).toEqual({ checked: 1, differences: [] })
    expect((await ops.run('invoices', 'rederive', '--all')).out).toContain('1 invoice was made once more; 0')
  })

  it('differs where what is recorded is not what follows from the facts', async () => {
    const { ops } = await billed({ fee: { units: '11' } })
    const argv = ['invoices', 'rederive', '--organization', organizationId]
    expect((await ops.run(...argv)).code).toBe(1)
    const { differences } = await ops.json<Rederived>(...argv)
    expect(differences).toMatchObject([{ where: 'fees.0.units', recorded: '11', derived: '10' }])
  })

  it('of another organization is left out', async () => {
    const { ops } = await billed({ fee: { units: '11' } })
    const others = await ops.json<Rederived>('invoices', 'rederive', '--organization', derivedId('another'))
    expect(others.checked).toBe(0)
  })
})

describe('an invoice explained', () => {
  it('tells measurement, rule, steps, rounding and tax', async () => {
    const { ops, invoiceId } = await billed()
    const { code, out } = await ops.run('invoices', 'explain', invoiceId)
    expect(code).toBe(0)
    for (const text of [
      'INV-1  finalized',
      '10 units = count of calls over 10 events',
      `plan ${planId} version 1`,
      'units 0 to the end: 10 x 25 + 0 = 250',
      'exact 250 minor units',
      'tax vat at 20 %: 0.50 USD of it',
      '3.00 USD  total',
      'Everything adds up.',
    ])
      expect(out).toContain(text)
  })

  it('says so when it does not add up', async () => {
    const { ops, invoiceId } = await billed({ totals: { total: '301' } })
    const { code, out } = await ops.run('invoices', 'explain', invoiceId)
    expect([code, out.includes('DOES NOT ADD UP')]).toEqual([1, true])
  })
})

describe('verify', () => {
  const differing = (checks: readonly Check[]) => checks.filter((each) => each.differing > 0).map(({ check }) => check)

  it('finds an invoice that does not add up, and nothing settled', async () => {
    const { ops } = await billed({ totals: { total: '301' } })
    const found = differing(await ops.json<Check[]>('verify'))
    expect(found).toEqual(
      expect.arrayContaining([expect.stringContaining('discounts'), expect.stringContaining('settled')]),
    )
  })

  describe('where the views of invoices and payments stand behind', () => {
    const settled = async (wrong?: Parameters<typeof billed>[0]) => {
      const { ops } = await billed(wrong)
      await ops.record([{ type: 'Happened', data: {} }], { stream: 'x-1' })
      const checks = await ops.json<Check[]>('verify')
      return { ops, of: checks.find(({ check }) => check.includes('settled')) }
    }

    it('checks that all is settled or due, from the events', async () => {
      const { of } = await settled()
      expect(of).toMatchObject({ checked: 1, differing: 0 })
      expect(of).not.toHaveProperty('note')
    })

    it('finds what is not', async () => {
      const { ops, of } = await settled({ totals: { total: '301' } })
      expect(of).toMatchObject({ checked: 1, differing: 1 })
      expect((await ops.run('verify')).code).toBe(1)
    })
  })

  describe('of an invoice whose payment succeeded', () => {
    const paid = async () => {
      const { ops, invoiceId } = await billed()
      const [paymentId, attempt] = [derivedId('trust', 'payment'), 1]
      const opened = { paymentId, invoiceId, customerId, amount: '300', currency: 'USD', method: null }
      const outcome = { attempt, amount: '300', currency: 'USD', providerPaymentId: 'p', completedAt: period.end }
      const events = [PaymentOpened(opened), PaymentSucceeded({ paymentId, invoiceId, ...outcome })]
      await ops.record(events, { stream: `payment-${paymentId}` })
      const hears = () =>
        ops.record([InvoicePaid({ invoiceId, paidAt: period.end, paymentId, feeIds: [] })], {
          stream: `invoice-${invoiceId}`,
        })
      const settled = async () => (await ops.json<Check[]>('verify')).find(({ check }) => check.includes('settled'))
      return { ops, hears, settled }
    }

    it('waits until the invoice has heard of it', async () => {
      const { ops, hears, settled } = await paid()
      const { sleep } = ops.ports.sleeper
      let rests = 0
      ops.ports.sleeper.sleep = async (...given) => {
        if ((rests += 1) === 2) await hears()
        await sleep(...given)
      }
      expect(await settled()).toMatchObject({ checked: 1, differing: 0 })
    })

    it('finds one that never does', async () => {
      const { settled } = await paid()
      expect(await settled()).toMatchObject({
        checked: 1,
        differing: 1,
        differences: [{ expected: '300', found: '600' }],
      })
    })
  })

  it('finds a number that two invoices have, whatever the views show', async () => {
    const { ops, invoiceId } = await billed()
    for await (const { type, data } of ops.ports.eventStore.read(`invoice-${invoiceId}`)) {
      const other = { ...(data as object), invoiceId: derivedId('trust', 'another invoice') }
      await ops.record([{ type, data: other }], { stream: `invoice-${other.invoiceId}` })
    }
    const numbers = (await ops.json<Check[]>('verify')).find(({ check }) => check.includes('per number'))
    expect(numbers).toMatchObject({ checked: 2, differing: 1 })
  })

  it('finds a fee whose measurement is not recorded', async () => {
    const recordedAs = async (ops: Awaited<ReturnType<typeof billed>>['ops']) =>
      (await ops.json<Check[]>('verify')).find(({ check }) => check.includes('that a fee of an issued invoice names'))
    const { ops } = await billed()
    expect(await recordedAs(ops)).toMatchObject({ checked: 1, differing: 0 })
    const lost = await billed({ measurementOfFee: derivedId('trust', 'lost') })
    expect(await recordedAs(lost.ops)).toMatchObject({ checked: 1, differing: 1 })
  })

  it('finds an event that did not come from its command', async () => {
    const { ops } = await billed()
    const commandId = derivedId('command')
    await ops.record([{ type: 'Happened', data: {} }], { stream: 'x-1', commandId })
    await ops.project()
    expect(differing(await ops.json<Check[]>('verify')).join()).not.toContain('per command')
    const stray = (await ops.record([{ type: 'Happened', data: {} }], { stream: 'x-2' }))[0]
    if (!stray) throw new Error('Nothing was recorded.')
    const copy = { ...stray, id: derivedId('a second effect'), metadata: { ...stray.metadata, commandId } }
    await ops.ports.eventStore.append('x-3', 'any', [copy])
    await ops.project()
    expect(differing(await ops.json<Check[]>('verify')).join()).toContain('per command')
  })

  it('finds a view that is not what the events make of it', async () => {
    const { ops, invoiceId } = await billed()
    const views = async () =>
      differing(await ops.json<Check[]>('verify')).filter((check) => check.includes('invoicing.invoice'))
    expect(await views()).toEqual([])
    const projection = { name: 'invoicing.invoice', version: 1 }
    const at = (await ops.ports.viewWriter.checkpoint(projection)) ?? 0n
    const [row] = await ops.ports.viewWriter.load(invoiceView, [invoiceId])
    if (!row) throw new Error('There is no row.')
    const wrong = { view: invoiceView, upserts: [{ ...row, total_cents: '1' }], removals: [] }
    await ops.ports.viewWriter.commit(projection, { from: at, to: at }, wrong)
    expect(await views()).toEqual(['6. live = rebuilt: invoicing.invoice'])
  })
})
