import type { Context } from '@billstream/event-sourcing-core'

/**
 * Who reads whose events over Kafka, and which sets of timer rules there are. Each service knows this of itself only; whoever
 * waits for all of them must know it of all. A test holds it against the services.
 */
export const loopsOfServices: {
  readonly listensTo: ReadonlyMap<Context, readonly Context[]>
  readonly timerRules: readonly string[]
  /** Processes and subscribers: in whose name a message can become a dead letter. */
  readonly consumers: readonly string[]
} = {
  listensTo: new Map<Context, readonly Context[]>([
    ['accounts', ['accounts']],
    ['checkout', ['accounts', 'checkout', 'invoicing']],
    ['subscriptions', ['accounts', 'subscriptions', 'usage']],
    ['usage', ['invoicing', 'subscriptions', 'usage']],
    ['invoicing', ['checkout', 'invoicing', 'usage']],
    ['webhooks', ['accounts', 'checkout', 'invoicing', 'subscriptions', 'webhooks']],
  ]),
  timerRules: ['invoicing', 'late-usage', 'subscriptions'],
  consumers: [
    'abandon-attempt-when-invoice-paid-otherwise',
    'complete-invoice-when-measured-last',
    'deactivate-endpoint-when-disabled',
    'draft-invoice-when-period-measured',
    'drop-applications-of-removed-tax',
    'end-subscription-of-deleted-customer',
    'end-webhook-deliveries',
    'erase-payment-details',
    'erase-person',
    'finalize-draft-without-grace',
    'follow-payment-of-invoice',
    'hold-billing',
    'measure-again-at-finalization',
    'measure-changed-draft',
    'measure-period-at-boundary',
    'note-late-usage-of-subscription',
    'open-payment-when-invoice-finalized',
    'queue-provider-calls',
    'queue-webhook-deliveries',
    'refresh-draft-when-measured-again',
    'request-payment-when-attempt-started',
    'wake-test-clocks',
  ],
}
