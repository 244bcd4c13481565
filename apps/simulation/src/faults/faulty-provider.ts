import { ProviderUnavailable, type PaymentProvider } from '@billstream/payment-providers-port'
import type { FaultyWorld } from './faulty-ports'

/** Longer than a call may take, in milliseconds. */
const SLOW_PROVIDER_MAX_MS = 40_000

/** A provider that is slow, out of reach, or charges and does not say so. */
export function faultyProvider(provider: PaymentProvider, { process, faults, time }: FaultyWorld): PaymentProvider {
  async function around<T>(call: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    if (faults.strikes('providerUnavailable')) throw new ProviderUnavailable('The provider cannot be reached.')
    await process.pass()
    const answer = await call()
    if (faults.strikes('slowProvider')) await time.sleep(faults.delayMs(SLOW_PROVIDER_MAX_MS), signal)
    await process.pass()
    signal?.throwIfAborted()
    if (faults.strikes('lostProviderAnswer')) throw new ProviderUnavailable('The answer of the provider was lost.')
    return answer
  }
  return {
    name: provider.name,
    isKnownToken: (token) => provider.isKnownToken(token),
    charge: (request, signal) => around(() => provider.charge(request, signal), signal),
    find: (key, signal) => around(() => provider.find(key, signal), signal),
    readNotification: (raw) => provider.readNotification(raw),
    ...(provider.notifications && { notifications: provider.notifications.bind(provider) }),
  }
}
