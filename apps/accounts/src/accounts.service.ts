import { customerDecider, organizationDecider, testClockDecider } from '@billstream/accounts-domain'
import {
  aggregate,
  type PlatformPorts,
  type Quiescence,
  type ServiceDefinition,
} from '@billstream/event-sourcing-runtime'
import type { MessageBus } from '@billstream/messaging'
import { advanceTestClocks } from './advance-test-clock/advance-test-clock.worker'
import { customerGatherers } from './customer/customer.gatherer'
import { erasePerson } from './erase-person/erase-person.subscriber'
import { holdBilling } from './hold-billing/hold-billing.subscriber'
import { keepHmacKey } from './organization/hmac-key.gatherer'
import { testClockGatherers } from './test-clock/test-clock.gatherer'

/** Organizations, API keys, customers and test clocks. */
export function accountsService(
  ports: PlatformPorts & { readonly bus: MessageBus; readonly quiescence: Quiescence },
): ServiceDefinition {
  const clocks = advanceTestClocks(ports)
  return {
    context: 'accounts',
    aggregates: [
      aggregate(organizationDecider, keepHmacKey(ports)),
      aggregate(customerDecider, customerGatherers),
      aggregate(testClockDecider, testClockGatherers),
    ],
    processes: [],
    timers: [],
    queries: [],
    subscribers: [clocks.subscriber, erasePerson(ports), holdBilling(ports)],
    workers: [clocks.worker],
  }
}
