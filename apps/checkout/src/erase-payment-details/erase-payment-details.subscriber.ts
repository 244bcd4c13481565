import { CustomerErased } from '@billstream/accounts-contracts'
import { ErasePaymentDetails } from '@billstream/checkout-contracts'
import { paymentMethodProjection } from '@billstream/checkout-read-model'
import { isEvent, type RecordedOf } from '@billstream/event-sourcing-core'
import {
  FACTS_TIMEOUT_MS,
  ViewsBehind,
  type EventSubscriber,
  type PlatformPorts,
} from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'

const NAME = 'erase-payment-details'

type ErasePorts = Pick<PlatformPorts, 'answers' | 'viewProgress'> & { readonly bus: MessageBus }

/**
 * Empties the details of an erased customer's payment methods, and then forgets the kept answers that show them. No process:
 * what processes want of checkout waits while billing is halted, and a person does not. A repeat is safe. Throws ViewsBehind when
 * the view does not get there in time: the events come again. Source: architecture.md, section 9.
 */
export function erasePaymentDetails(ports: ErasePorts): EventSubscriber {
  return {
    name: NAME,
    types: [CustomerErased.type],
    async handle(events) {
      for (const event of events) if (isEvent(CustomerErased, event)) await eraseDetails(event, ports)
    },
  }
}

async function eraseDetails(
  event: RecordedOf<typeof CustomerErased>,
  { bus, answers, viewProgress }: ErasePorts,
): Promise<void> {
  const { customerId } = event.data
  const { organizationId } = event.metadata
  const reply = await bus.send(ErasePaymentDetails, ErasePaymentDetails({ customerId }, metadataOf(event)))
  if (!reply.ok) throw new Error(`The erasure of payment details was refused: ${reply.error.code}.`)
  if (!(await viewProgress.reached([paymentMethodProjection.name], reply.position, FACTS_TIMEOUT_MS))) {
    throw new ViewsBehind(`${paymentMethodProjection.name} is more than ${FACTS_TIMEOUT_MS} ms behind.`)
  }
  await answers.forgetMentions(organizationId, customerId)
}

function metadataOf({ id, metadata }: RecordedOf<typeof CustomerErased>) {
  const { organizationId, correlationId, occurredAt } = metadata
  return {
    commandId: derivedId(NAME, id),
    organizationId,
    actor: { type: 'process', id: NAME } as const,
    correlationId,
    causationId: id,
    now: occurredAt,
  }
}
