import { customerProjection, organizationProjection } from '@billstream/accounts-read-model'
import type { AddPaymentMethod } from '@billstream/checkout-contracts'
import type { CommandOf } from '@billstream/event-sourcing-core'
import type { Gather } from '@billstream/event-sourcing-runtime'
import { PAYMENT_PROVIDERS } from '@billstream/checkout-domain'
import { ok, refuse, type Result } from '@billstream/kernel'
import type { PaymentProvider } from '@billstream/payment-providers-port'
import { MANUAL, providerFor, SANDBOX } from '../payment-providers'

/**
 * What stands between a customer and a new method outside its own stream. Refusals: `customer_not_found`,
 * `test_organization_only`, `provider_not_configured`, `unknown_payment_method_token`. Source: rules/boxbilling.md, section 12.
 */
export function gatherForAddPaymentMethod(providers: readonly PaymentProvider[]): Gather {
  return async (command, facts) => {
    const { customerId, method } = command.data as CommandOf<typeof AddPaymentMethod>['data']
    const customer = await facts.get(customerProjection, customerId)
    if (!customer || customer.status === 'deleted') {
      return refuse('customer_not_found', 'There is no such customer.', 'customer_id')
    }
    const organization = await facts.get(organizationProjection, command.metadata.organizationId)
    return checkProvider(providers, { ...method, test: organization?.test === true })
  }
}

function checkProvider(
  providers: readonly PaymentProvider[],
  method: { readonly provider: string; readonly providerPaymentMethodId: string; readonly test: boolean },
): Result<undefined> {
  // The decider refuses a name that nobody knows.
  const known = PAYMENT_PROVIDERS.some((name) => name === method.provider)
  if (!known || method.provider === MANUAL) return ok(undefined)
  if (method.provider === SANDBOX && !method.test) {
    return refuse('test_organization_only', 'The sandbox exists in test organizations only.', 'provider')
  }
  const provider = providerFor(providers, method)
  if (!provider) return refuse('provider_not_configured', `${method.provider} is not configured.`, 'provider')
  if (provider.isKnownToken(method.providerPaymentMethodId)) return ok(undefined)
  return refuse(
    'unknown_payment_method_token',
    `${provider.name} has no such payment method.`,
    'provider_payment_method_id',
  )
}
