import type { ChargeAnswer, PaymentProvider } from '@billstream/payment-providers-port'
import { nowMs, type Signals } from '@billstream/platform'
import { overriding } from './overriding'

/** Times the calls of a provider by what it answers. */
export function observedProvider(provider: PaymentProvider, { metrics }: Pick<Signals, 'metrics'>): PaymentProvider {
  const timed = async <T extends ChargeAnswer | undefined>(call: string, answering: () => Promise<T>): Promise<T> => {
    const startedAtMs = nowMs()
    let outcome = 'unavailable'
    try {
      const answer = await answering()
      outcome = answer?.kind ?? 'unknown_to_it'
      return answer
    } finally {
      const labels = { provider: provider.name, call, outcome }
      metrics.time('billstream_provider_call_seconds', labels, (nowMs() - startedAtMs) / 1_000)
    }
  }
  return overriding(provider, {
    charge: (request, signal) => timed('charge', () => provider.charge(request, signal)),
    find: (idempotencyKey, signal) => timed('find', () => provider.find(idempotencyKey, signal)),
  })
}
