import { CustomerErased } from '@billstream/accounts-contracts'
import { isEvent } from '@billstream/event-sourcing-core'
import type { EventSubscriber, PlatformPorts } from '@billstream/event-sourcing-runtime'

/** Removes the key of an erased customer: what every stream holds of the person cannot be read any more. A repeat is safe. */
export function erasePerson({ personKeys }: Pick<PlatformPorts, 'personKeys'>): EventSubscriber {
  return {
    name: 'erase-person',
    types: [CustomerErased.type],
    async handle(events) {
      for (const event of events) {
        if (!isEvent(CustomerErased, event)) continue
        await personKeys.erase(event.metadata.organizationId, event.data.customerId)
      }
    },
  }
}
