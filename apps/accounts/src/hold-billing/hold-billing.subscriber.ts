import {
  OrganizationBillingHalted,
  OrganizationBillingResumed,
  OrganizationClosed,
} from '@billstream/accounts-contracts'
import { isEvent } from '@billstream/event-sourcing-core'
import type { EventSubscriber, PlatformPorts } from '@billstream/event-sourcing-runtime'

/**
 * What hands out timers, commands and work learns whose billing is halted. Events of one organization come in order, so
 * the last one counts; a repeat is safe.
 */
export function holdBilling({ billingHalts }: Pick<PlatformPorts, 'billingHalts'>): EventSubscriber {
  return {
    name: 'hold-billing',
    types: [OrganizationBillingHalted.type, OrganizationBillingResumed.type, OrganizationClosed.type],
    async handle(events) {
      for (const event of events) {
        const { organizationId, actor, occurredAt } = event.metadata
        if (isEvent(OrganizationBillingHalted, event)) {
          await billingHalts.halt({ organizationId, reason: event.data.reason, by: actor.id, at: occurredAt })
        } else {
          await billingHalts.resume(organizationId)
        }
      }
    },
  }
}
