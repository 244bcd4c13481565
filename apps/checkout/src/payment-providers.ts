import type { PaymentProvider } from '@billstream/payment-providers-port'

/** The provider that answers for all of them in test organizations, and only there. */
export const SANDBOX = 'sandbox'
/** A name for payments that are settled by hand: nobody can be charged through it. */
export const MANUAL = 'manual'

/** Who charges a method of this provider's name; undefined: nobody is configured. Source: rules/boxbilling.md, section 12. */
export function providerFor(
  providers: readonly PaymentProvider[],
  method: { readonly provider: string; readonly test: boolean },
): PaymentProvider | undefined {
  if (method.provider === MANUAL) return undefined
  const wanted = method.test ? SANDBOX : method.provider
  if (wanted === SANDBOX && !method.test) return undefined
  return providers.find(({ name }) => name === wanted)
}
