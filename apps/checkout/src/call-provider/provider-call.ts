import { attemptKeyOf, RecordPaymentOutcome, type ChargedMethod } from '@billstream/checkout-contracts'
import type { CommandMetadata, CommandOf, EventOf, RecordedEvent } from '@billstream/event-sourcing-core'
import type { PaymentRequested } from '@billstream/checkout-contracts'
import { derivedId, minorOf, type Clock, type Uuid } from '@billstream/kernel'
import type { ChargeAnswer, ChargeRequest } from '@billstream/payment-providers-port'

/** The event from which a call descends, as far as its outcome's command needs it. */
export interface CallCause {
  readonly eventId: Uuid
  readonly organizationId: Uuid
  readonly correlationId: Uuid
  readonly occurredAt: string
  readonly due?: string
  readonly clockId?: Uuid
}

/** One attempt to charge, as it lies in the work queue. */
export interface ProviderCall {
  readonly paymentId: Uuid
  readonly attempt: number
  /** Minor units. */
  readonly amount: string
  readonly currency: string
  readonly method: ChargedMethod
  readonly cause: CallCause
  /** How often the outcome was still open or unknown. */
  readonly asked: number
}

export type PaymentOutcome = CommandOf<typeof RecordPaymentOutcome>['data']['outcome']

/** The call that a requested payment asks for. */
export function providerCallOf(event: RecordedEvent<string, EventOf<typeof PaymentRequested>['data']>): ProviderCall {
  const { paymentId, attempt, amount, currency, method } = event.data
  const { organizationId, correlationId, occurredAt, due, clockId } = event.metadata
  const cause: CallCause = {
    eventId: event.id,
    organizationId,
    correlationId,
    occurredAt,
    ...(due !== undefined && { due }),
    ...(clockId !== undefined && { clockId }),
  }
  return { paymentId, attempt, amount, currency, method, cause, asked: 0 }
}

/** The cause goes along as metadata, so that a notification can be applied by itself. */
export function chargeRequestOf(call: ProviderCall): ChargeRequest {
  const { paymentId, attempt, cause } = call
  return {
    idempotencyKey: attemptKeyOf(paymentId, attempt),
    organizationId: cause.organizationId,
    amount: minorOf(call.amount),
    currency: call.currency,
    methodToken: call.method.providerPaymentMethodId,
    customerPresent: false,
    metadata: { paymentId, attempt: String(attempt), cause: JSON.stringify(cause) },
  }
}

/** What an answer means while no customer is there: a confirmation that nobody can give is a decline. */
export function outcomeOf(answer: ChargeAnswer): PaymentOutcome {
  if (answer.kind !== 'action_required') return answer
  return { kind: 'failed', providerPaymentId: answer.providerPaymentId, reason: 'authentication_required' }
}

/** Its id follows from the attempt and the outcome: told by a call, a question and two notifications, it is recorded once. */
export function outcomeCommand(
  { paymentId, attempt, cause }: Pick<ProviderCall, 'paymentId' | 'attempt' | 'cause'>,
  outcome: PaymentOutcome,
  { actor, clock }: { readonly actor: CommandMetadata['actor']; readonly clock: Clock },
): CommandOf<typeof RecordPaymentOutcome> {
  const { eventId, organizationId, correlationId, occurredAt, due, clockId } = cause
  return RecordPaymentOutcome(
    { paymentId, attempt, outcome },
    {
      commandId: derivedId('payment-outcome', attemptKeyOf(paymentId, attempt), outcome.kind),
      organizationId,
      actor,
      correlationId,
      causationId: eventId,
      // A test clock stands still while the provider is asked.
      now: clockId === undefined ? clock.now() : occurredAt,
      ...(due !== undefined && { due }),
      ...(clockId !== undefined && { clockId }),
    },
  )
}
