import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import type { Command } from '@billstream/event-sourcing-core'
import {
  AbandonPaymentAttempt,
  OpenPayment,
  PaymentAttemptAbandoned,
  PaymentFailed,
  PaymentOpened,
  PaymentProcessing,
  PaymentRequested,
  PaymentRetried,
  PaymentSucceeded,
  RecordPaymentOutcome,
  RequestPayment,
  RetryPayment,
  type PaymentCommand,
} from '@billstream/checkout-contracts'
import { paymentDecider } from './payment.decider'

const paymentId = '00000000-0000-4000-8000-0000000000d1'
const invoiceId = '00000000-0000-4000-8000-0000000000e1'
const customerId = '00000000-0000-4000-8000-0000000000c1'
const method = {
  paymentMethodId: '00000000-0000-4000-8000-000000000001',
  provider: 'sandbox',
  providerPaymentMethodId: 'pm_card_visa',
}
const now = '2026-06-11T10:00:00.000Z'
const due = { amount: '9090', currency: 'USD' }
const ids = { paymentId, invoiceId }
const { given } = specificationOf(paymentDecider)

function withFacts(command: PaymentCommand, facts: unknown): PaymentCommand {
  return { ...(command as Command), facts } as PaymentCommand
}
const metadata = testMetadata({ now })
const open = (facts: unknown) => withFacts(OpenPayment({ ...ids, customerId, ...due }, metadata), facts)
const retry = (facts: unknown) => withFacts(RetryPayment({ paymentId }, metadata), facts)
const request = (attempt: number) => RequestPayment({ paymentId, attempt, amount: '9090' }, metadata)
const abandon = (attempt: number) => AbandonPaymentAttempt({ paymentId, attempt, reason: 'invoice_paid' }, metadata)
const outcome = (attempt: number, said: Parameters<typeof RecordPaymentOutcome>[0]['outcome']) =>
  RecordPaymentOutcome({ paymentId, attempt, outcome: said }, metadata)
const success = { kind: 'succeeded', providerPaymentId: 'ch_1' } as const
const decline = { kind: 'failed', providerPaymentId: 'ch_1', reason: 'lack_of_funds' } as const
const inProcess = { kind: 'processing', providerPaymentId: 'ch_1' } as const

const opened = PaymentOpened({ ...ids, customerId, ...due, method })
const waiting = PaymentOpened({ ...ids, customerId, ...due, method: null })
const requested = (attempt: number) => PaymentRequested({ ...ids, attempt, customerId, ...due, method })
const processing = PaymentProcessing({ ...ids, attempt: 1, providerPaymentId: 'ch_1' })
const failed = (attempt: number) =>
  PaymentFailed({ ...ids, attempt, reason: 'lack_of_funds', providerPaymentId: 'ch_1' })
const retried = PaymentRetried({ ...ids, attempt: 2, amount: '9090', method })
const succeeded = (attempt: number) =>
  PaymentSucceeded({ ...ids, attempt, ...due, providerPaymentId: 'ch_1', completedAt: now })

describe('a payment that is not open', () => {
  it('is opened with the default method', () => given().when(open({ method })).then(opened))
  it('is opened without one and waits', () =>
    given()
      .when(open({ method: null }))
      .then(waiting))
  it.each([retry({ method, amountDue: '1' }), request(1), abandon(1), outcome(1, success)])('refuses %j', (command) =>
    given().when(command).refuses('payment_not_found'),
  )
})

describe('a payment that waits without a method', () => {
  it('is opened once', () => given(waiting).when(open({ method })).refuses('payment_exists'))
  it('is not tried again: it has not failed', () =>
    given(waiting)
      .when(retry({ method, amountDue: '9090' }))
      .refuses('payment_not_failed'))
  it('has no attempt', () => {
    given(waiting).when(request(1)).refuses('attempt_not_wanted')
    given(waiting).when(abandon(1)).refuses('attempt_not_wanted')
    given(waiting).when(outcome(1, success)).refuses('attempt_not_requested')
  })
})

describe('a payment that is pending', () => {
  it('is requested when the invoice has handed out the attempt', () =>
    given(opened).when(request(1)).then(requested(1)))
  it('is not requested for another attempt', () => given(opened).when(request(2)).refuses('attempt_not_wanted'))
  it('takes no outcome yet: an early notification waits', () =>
    given(opened).when(outcome(1, success)).refuses('attempt_not_requested'))
  it('is canceled when the invoice was paid otherwise', () => {
    const abandoned = PaymentAttemptAbandoned({ ...ids, attempt: 1, reason: 'invoice_paid' })
    given(opened).when(abandon(1)).then(abandoned)
    given(opened, abandoned).when(request(1)).refuses('attempt_not_wanted')
    given(opened, abandoned)
      .when(retry({ method, amountDue: '1' }))
      .refuses('payment_not_failed')
    given(opened, abandoned).when(outcome(1, success)).refuses('attempt_not_open')
  })
})

describe('a payment in process', () => {
  const history = [opened, requested(1)] as const

  it('succeeds at the instant of the command', () =>
    given(...history)
      .when(outcome(1, success))
      .then(succeeded(1)))
  it('fails with the reason', () =>
    given(...history)
      .when(outcome(1, decline))
      .then(failed(1)))
  it('notes once that the provider works on it', () => {
    given(...history)
      .when(outcome(1, inProcess))
      .then(processing)
    given(...history, processing)
      .when(outcome(1, inProcess))
      .nothing()
  })
  it('succeeds and fails after the provider worked on it', () => {
    given(...history, processing)
      .when(outcome(1, success))
      .then(succeeded(1))
    given(...history, processing)
      .when(outcome(1, decline))
      .then(failed(1))
  })
  it('has no new attempt before the outcome is known', () => {
    given(...history)
      .when(retry({ method, amountDue: '9090' }))
      .refuses('payment_not_failed')
    given(...history)
      .when(request(1))
      .refuses('attempt_not_wanted')
    given(...history)
      .when(abandon(1))
      .refuses('attempt_not_wanted')
    given(...history)
      .when(outcome(2, success))
      .refuses('attempt_not_requested')
  })
})

describe('a payment that failed', () => {
  const history = [opened, requested(1), failed(1)] as const

  it('is tried again with the present method and the amount due', () =>
    given(...history)
      .when(retry({ method, amountDue: '9090' }))
      .then(retried))
  it('is not tried again when nothing is due or there is no default method', () => {
    given(...history)
      .when(retry({ method, amountDue: '0' }))
      .refuses('nothing_due')
    given(...history)
      .when(retry({ method: null, amountDue: '9090' }))
      .refuses('no_default_payment_method')
  })
  it('keeps its outcome', () =>
    given(...history)
      .when(outcome(1, success))
      .refuses('attempt_not_open'))
  it('wins the retry only once', () =>
    given(...history, retried)
      .when(retry({ method, amountDue: '9090' }))
      .refuses('payment_not_failed'))
  it('is failed again when the retry is abandoned', () => {
    const abandoned = PaymentAttemptAbandoned({ ...ids, attempt: 2, reason: 'invoice_paid' })
    given(...history, retried, abandoned)
      .when(retry({ method, amountDue: '9090' }))
      .then(PaymentRetried({ ...ids, attempt: 3, amount: '9090', method }))
  })
  it('succeeds with its second attempt, and an outcome of the first changes nothing', () => {
    given(...history, retried, requested(2))
      .when(outcome(1, success))
      .refuses('attempt_not_open')
    given(...history, retried, requested(2))
      .when(outcome(2, success))
      .then(succeeded(2))
  })
})

describe('a payment that succeeded', () => {
  const history = [opened, requested(1), succeeded(1)] as const

  it('is final', () => {
    given(...history)
      .when(outcome(1, success))
      .refuses('attempt_not_open')
    given(...history)
      .when(outcome(1, decline))
      .refuses('attempt_not_open')
    given(...history)
      .when(retry({ method, amountDue: '9090' }))
      .refuses('payment_not_failed')
    given(...history)
      .when(open({ method }))
      .refuses('payment_exists')
  })
})
