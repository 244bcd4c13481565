import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import type { PaymentProvider } from '@billstream/payment-providers-port'

/** Something that a spec breaks in the platform, through its ports, to see that it is found. */
export interface Mutations {
  ports?(ports: PlatformPorts): PlatformPorts
  provider?(provider: PaymentProvider): PaymentProvider
}
