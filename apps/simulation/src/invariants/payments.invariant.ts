import { attemptKeyOf, PaymentFailed, PaymentRequested, PaymentSucceeded } from '@billstream/checkout-contracts'
import { InvoiceFinalized, InvoicePaid } from '@billstream/invoicing-contracts'
import { eventsOf, grouped, repeatedKeys, type Invariant, type ObservedWorld } from './observed-world'

/** Money moves once: what the provider charged is what payments succeeded, and what invoices were paid. */
export const moneyMovesOnce: Invariant = {
  name: 'money moves once',
  check(world) {
    return [...brokenPayments(world), ...brokenCharges(world), ...brokenInvoices(world)]
  },
}

function brokenPayments(world: ObservedWorld): string[] {
  const outcomes = [...eventsOf(world, PaymentSucceeded), ...eventsOf(world, PaymentFailed)]
  const known = new Set(outcomes.map(({ data }) => attemptKeyOf(data.paymentId, data.attempt)))
  const open = eventsOf(world, PaymentRequested).filter(
    ({ data }) => !known.has(attemptKeyOf(data.paymentId, data.attempt)),
  )
  return [
    ...repeatedKeys(eventsOf(world, PaymentSucceeded), ({ data }) => data.invoiceId).map(
      (invoiceId) => `${invoiceId} was paid by more than one payment`,
    ),
    ...repeatedKeys(outcomes, ({ data }) => `attempt ${data.attempt} of ${data.paymentId}`).map(
      (attempt) => `${attempt} has more than one outcome`,
    ),
    ...open.map(({ data }) => `attempt ${data.attempt} of ${data.paymentId} has no outcome`),
  ]
}

function brokenCharges(world: ObservedWorld): string[] {
  const charged = world.charges.filter(({ outcome }) => outcome.kind === 'succeeded')
  const succeeded = new Map(
    eventsOf(world, PaymentSucceeded).map(({ data }) => [attemptKeyOf(data.paymentId, data.attempt), data.amount]),
  )
  const keys = new Set(charged.map(({ idempotencyKey }) => idempotencyKey))
  return [
    ...[...grouped(charged, ({ metadata }) => metadata['paymentId'] ?? '')].flatMap(([paymentId, charges]) =>
      charges.length > 1 ? [`${paymentId} was charged ${charges.length} times`] : [],
    ),
    ...charged.flatMap(({ idempotencyKey, amount }) => {
      const recorded = succeeded.get(idempotencyKey)
      return recorded === amount.toString() ? [] : [`${amount} was charged, and ${recorded ?? 'nothing'} recorded`]
    }),
    ...[...succeeded.keys()].filter((key) => !keys.has(key)).map((key) => `${key} succeeded and was never charged`),
  ]
}

function brokenInvoices(world: ObservedWorld): string[] {
  const paid = eventsOf(world, InvoicePaid)
  const due = new Map(eventsOf(world, InvoiceFinalized).map(({ data }) => [data.invoiceId, data.totals.amountDue]))
  const payments = new Map(eventsOf(world, PaymentSucceeded).map(({ data }) => [data.invoiceId, data]))
  const isPaid = new Set(paid.map(({ data }) => data.invoiceId))
  return [
    ...repeatedKeys(paid, ({ data }) => data.invoiceId).map((invoiceId) => `${invoiceId} was paid twice`),
    ...paid.flatMap(({ data: { invoiceId } }) => {
      const settled = payments.get(invoiceId)?.amount ?? '0'
      return settled === due.get(invoiceId) ? [] : [`${invoiceId}: ${settled} was paid of ${due.get(invoiceId)}`]
    }),
    ...[...payments.keys()]
      .filter((invoiceId) => !isPaid.has(invoiceId))
      .map((invoiceId) => `${invoiceId} has a payment and is not paid`),
  ]
}
