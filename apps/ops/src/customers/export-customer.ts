import { paymentMethodView, paymentView } from '@billstream/checkout-read-model'
import type { RecordedEvent, ViewDefinition } from '@billstream/event-sourcing-core'
import { feeView, invoiceView } from '@billstream/invoicing-read-model'
import { subscriptionView } from '@billstream/subscriptions-read-model'
import { allRows } from '../console/all-rows'
import { deliveriesOf, EVER } from '../deliveries/retry-deliveries'
import type { OpsPorts } from '../ops'
import { customerRow } from './erase-customer'

const USAGE_PAGE_MAX = 500
const ANSWERS_PAGE_MAX = 500

/** One thing that is held of a person. kind: what it is, such as `invoice`. */
export interface HeldRecord {
  readonly kind: string
  readonly data: unknown
}

/** By the customer's id. */
const VIEWS: readonly [kind: string, view: ViewDefinition][] = [
  ['subscription', subscriptionView],
  ['invoice', invoiceView],
  ['fee', feeView],
  ['payment', paymentView],
  ['payment_method', paymentMethodView],
]

/**
 * Everything that is held of a customer, one record after the other: views, events with what is personal, usage, and what is
 * cleared when the person is erased: webhooks about the customer with their attempts, and kept answers that name the customer.
 */
export async function* heldOf(customerId: string, ports: OpsPorts): AsyncIterable<HeldRecord> {
  const customer = await customerRow(customerId, ports)
  const { organization_id: organizationId, external_id: externalId } = customer
  yield { kind: 'customer', data: customer }
  yield* asEvents(`customer-${customerId}`, ports)
  yield* asEvents(`payment-methods-${customerId}`, ports)
  for (const [kind, view] of VIEWS) {
    for await (const data of allRows(view, { organization_id: organizationId, customer_id: customerId }, ports)) {
      yield { kind, data }
      // The buyer as an issued invoice keeps it.
      if (kind === 'invoice') yield* asEvents(`invoice-${data.id}`, ports)
    }
  }
  yield* usageOf(organizationId, externalId, ports)
  yield* webhooksAbout({ organizationId, customerId }, ports)
  yield* answersAbout({ organizationId, customerId }, ports)
}

async function* asEvents(stream: string, { eventStore }: OpsPorts): AsyncIterable<HeldRecord> {
  for await (const event of eventStore.read(stream)) if (holdsPersonal(event)) yield { kind: 'event', data: event }
}

function holdsPersonal({ data }: RecordedEvent): boolean {
  return typeof data === 'object' && data !== null && 'personal' in data
}

async function* usageOf(
  organizationId: string,
  externalCustomerId: string,
  { usageLog }: OpsPorts,
): AsyncIterable<HeldRecord> {
  const orderBy = { column: 'id', direction: 'asc' } as const
  for (let skip = 0; ; skip += USAGE_PAGE_MAX) {
    const page = { externalCustomerId, orderBy, skip, limit: USAGE_PAGE_MAX }
    const { events } = await usageLog.list(organizationId, page)
    for (const data of events) yield { kind: 'usage_event', data }
    if (events.length < USAGE_PAGE_MAX) return
  }
}

interface Held {
  readonly organizationId: string
  readonly customerId: string
}

async function* webhooksAbout({ organizationId, customerId }: Held, ports: OpsPorts): AsyncIterable<HeldRecord> {
  const object = { objectType: 'customer', objectId: customerId }
  for await (const data of deliveriesOf({ ...EVER, organizationId, object }, ports)) {
    yield { kind: 'webhook_delivery', data }
    for (const attempt of await ports.deliveries.attempts(organizationId, data.id)) {
      yield { kind: 'webhook_attempt', data: attempt }
    }
  }
}

async function* answersAbout(
  { organizationId, customerId }: Held,
  { answers }: Pick<OpsPorts, 'answers'>,
): AsyncIterable<HeldRecord> {
  for (let after = ''; ;) {
    const page = await answers.mentions(organizationId, customerId, { after, limit: ANSWERS_PAGE_MAX })
    for (const data of page) yield { kind: 'kept_answer', data }
    const last = page.at(-1)
    if (page.length < ANSWERS_PAGE_MAX || !last) return
    after = last.key
  }
}
