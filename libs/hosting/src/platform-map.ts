import type { Context } from '@billstream/event-sourcing-core'

/**
 * Who reads whose events over Kafka, and which sets of timer rules there are. Each service knows this of itself only; whoever
 * waits for all of them must know it of all. A test holds it against the services.
 */
export const loopsOfServices: {
  readonly listensTo: ReadonlyMap<Context, readonly Context[]>
  readonly timerRules: readonly string[]
} = {
  listensTo: new Map<Context, readonly Context[]>([
    ['accounts', ['accounts']],
    ['checkout', ['checkout', 'invoicing']],
    ['subscriptions', ['usage']],
    ['usage', ['invoicing', 'subscriptions', 'usage']],
    ['invoicing', ['checkout', 'invoicing', 'usage']],
    ['webhooks', ['accounts', 'checkout', 'invoicing', 'subscriptions', 'webhooks']],
  ]),
  timerRules: ['invoicing', 'late-usage', 'subscriptions'],
}
