import type { Delivery } from '@billstream/event-sourcing-runtime'
import type { Personal } from '../console/shown-row'

const HIDDEN = '[personal]'

/** A delivery as it is shown: what was sent names the person, and what was answered may repeat it. */
export function shownDelivery(delivery: Delivery, personal: Personal): Delivery {
  if (personal === 'shown') return delivery
  return { ...delivery, body: HIDDEN, response: delivery.response === null ? null : HIDDEN }
}
