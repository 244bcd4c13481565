import { CustomerErased } from '@billstream/accounts-contracts'
import { customerProjection } from '@billstream/accounts-read-model'
import { isEvent } from '@billstream/event-sourcing-core'
import {
  FACTS_TIMEOUT_MS,
  ViewsBehind,
  type EventSubscriber,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'

type ErasePorts = Pick<PlatformPorts, 'personKeys' | 'answers' | 'viewProgress'>

/**
 * Removes the key of an erased customer, so that what every stream holds of the person cannot be read any more, and then the
 * kept answers about the customer. A repeat is safe. Throws ViewsBehind when the view does not get there in time: the events
 * come again. Source: architecture.md, section 9.
 */
export function erasePerson({ personKeys, answers, viewProgress }: ErasePorts): EventSubscriber {
  return {
    name: 'erase-person',
    types: [CustomerErased.type],
    async handle(events) {
      const erased = events.filter((event) => isEvent(CustomerErased, event))
      for (const { metadata, data } of erased) await personKeys.erase(metadata.organizationId, data.customerId)
      const last = erased.at(-1)
      if (!last) return
      // Before, a repeat of a request could still read the name from the view and keep it in its answer.
      if (!(await viewProgress.reached([customerProjection.name], last.position, FACTS_TIMEOUT_MS))) {
        throw new ViewsBehind(`${customerProjection.name} is more than ${FACTS_TIMEOUT_MS} ms behind.`)
      }
      for (const { metadata, data } of erased) await answers.forgetMentions(metadata.organizationId, data.customerId)
    },
  }
}
