import {
  PaymentOpened,
  PaymentRequested,
  PaymentRetried,
  PaymentSucceeded,
  paymentIdOf,
} from '@billstream/checkout-contracts'
import { InvoiceFinalized, InvoicePaymentStarted } from '@billstream/invoicing-contracts'
import { derivedId } from '@billstream/kernel'
import { opsInMemory } from '../../test/ops-in-memory'
import type { CheckResult } from './check'

const [invoiceId, customerId, methodId] = ['invoice', 'customer', 'method'].map((name) =>
  derivedId('amounts', name),
) as [string, string, string]
const paymentId = paymentIdOf(invoiceId)
const at = '2026-06-01T00:00:00.000Z'
const method = { paymentMethodId: methodId, provider: 'sandbox', providerPaymentMethodId: 'pm_card_visa' }
const totals = {
  ...{ subtotal: '300', coupons: '0', tax: '0', progressiveCredit: '0', total: '300', prepaidCredit: '0' },
  amountDue: '300',
}
const issued = InvoiceFinalized({
  ...{ invoiceId, customerId, subscriptionId: derivedId('amounts', 'subscription'), currency: 'USD' },
  ...{ fees: [], taxes: [], totals, measurementId: derivedId('amounts', 'measurement') },
  ...{ number: 'INV-1', issuedAt: at, dueDate: at, droppedFeeIds: [], personal: null },
})
const of = (attempt: number) => ({ paymentId, invoiceId, attempt })
const said = { amount: '300', currency: 'USD' }

/** An invoice whose first attempt is tried again and succeeds. */
const events = {
  opened: PaymentOpened({ paymentId, invoiceId, customerId, ...said, method }),
  started: InvoicePaymentStarted({ ...of(1), customerId, ...said, feeIds: [] }),
  requested: PaymentRequested({ ...of(1), customerId, ...said, method }),
  retried: PaymentRetried({ ...of(2), amount: '300', method }),
  succeeded: PaymentSucceeded({ ...of(2), ...said, providerPaymentId: 'p', completedAt: at }),
}

async function verified(changes: Partial<Record<keyof typeof events, object>> = {}) {
  const ops = opsInMemory()
  await ops.record([issued], { stream: `invoice-${invoiceId}` })
  for (const [name, { type, data }] of Object.entries(events)) {
    const changed = { type, data: { ...data, ...changes[name as keyof typeof events] } }
    const stream = type === InvoicePaymentStarted.type ? `invoice-${invoiceId}` : `payment-${paymentId}`
    await ops.record([changed], { stream })
  }
  const checks = await ops.json<CheckResult[]>('verify')
  return checks.find(({ check }) => check.includes('every amount of a payment'))
}

describe('a payment of an issued invoice', () => {
  it('is of what is due on it, in every event', async () => {
    expect(await verified()).toMatchObject({ checked: 5, differing: 0 })
  })

  it.each(Object.keys(events) as (keyof typeof events)[])('that was altered is named where it is %s', async (name) => {
    const found = await verified({ [name]: { amount: '301' } })
    const { type } = events[name]
    expect(found).toMatchObject({
      ...{ checked: 5, differing: 1 },
      differences: [
        { of: expect.stringContaining(type) as string, expected: said, found: { amount: '301', currency: 'USD' } },
      ],
    })
  })

  it('is of its currency', async () => {
    const found = await verified({ succeeded: { currency: 'EUR' } })
    expect(found?.differences).toMatchObject([{ expected: said, found: { currency: 'EUR' } }])
  })
})
