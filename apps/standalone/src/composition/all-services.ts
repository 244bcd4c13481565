import { accountsService } from '@billstream/accounts'
import { checkoutService } from '@billstream/checkout'
import type { ServiceDefinition } from '@billstream/event-sourcing-runtime'
import { invoicingService } from '@billstream/invoicing'
import type { PaymentProvider } from '@billstream/payment-providers-port'
import { subscriptionsService } from '@billstream/subscriptions'
import { usageService } from '@billstream/usage'
import { webhooksService } from '@billstream/webhooks'
import type { ServicePorts } from './running-platform'

export interface ServiceSettings {
  readonly paymentProviders: readonly PaymentProvider[]
  readonly webhookTargets: { readonly allowPrivate: boolean; readonly allowLoopback: boolean }
}

/** Every service of the platform. */
export function allServices(ports: ServicePorts, settings: ServiceSettings): ServiceDefinition[] {
  return [
    accountsService(ports),
    subscriptionsService(ports),
    usageService(ports),
    invoicingService(ports),
    checkoutService({ ...ports, ...settings }),
    webhooksService({ ...ports, ...settings }),
  ]
}
