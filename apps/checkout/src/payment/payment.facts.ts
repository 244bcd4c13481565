import type { ChargedMethod, OpenPayment, RetryPayment } from '@billstream/checkout-contracts'
import type { OpenPaymentFacts, RetryPaymentFacts } from '@billstream/checkout-domain'
import { paymentMethodProjection, paymentProjection } from '@billstream/checkout-read-model'
import type { CommandOf } from '@billstream/event-sourcing-core'
import type { FactReader, Gather } from '@billstream/event-sourcing-runtime'
import { invoiceProjection } from '@billstream/invoicing-read-model'
import { ok } from '@billstream/kernel'
import { MANUAL } from '../payment-providers'

const NOTHING = '0'

/** The customer's default method that can be charged. */
export const gatherForOpenPayment: Gather = async (command, facts) => {
  const { customerId } = command.data as CommandOf<typeof OpenPayment>['data']
  return ok<OpenPaymentFacts>({ method: await defaultMethodOf(customerId, facts) })
}

/** The present default method, and what is due on the invoice now. */
export const gatherForRetryPayment: Gather = async (command, facts) => {
  const { paymentId } = command.data as CommandOf<typeof RetryPayment>['data']
  const payment = await facts.get(paymentProjection, paymentId)
  if (!payment) return ok<RetryPaymentFacts>({ method: null, amountDue: NOTHING })
  const method = await defaultMethodOf(payment.customer_id, facts)
  const invoice = await facts.get(invoiceProjection, payment.invoice_id)
  const amountDue = invoice?.status === 'finalized' ? invoice.amount_due_cents : NOTHING
  return ok<RetryPaymentFacts>({ method, amountDue })
}

async function defaultMethodOf(customerId: string, facts: FactReader): Promise<ChargedMethod | null> {
  const where = { customer_id: customerId, is_default: true }
  const [row] = await facts.find(paymentMethodProjection, { where, limit: 1 })
  if (!row || row.provider === MANUAL) return null
  return { paymentMethodId: row.id, provider: row.provider, providerPaymentMethodId: row.provider_payment_method_id }
}
