import { Type } from '@sinclair/typebox'
import { defineCommand, defineEvent, Field, type CommandOf, type EventOf } from '@billstream/event-sourcing-core'

const { id, text, orNull, integer, currency, timezone, object } = Field
const target = {
  context: 'accounts',
  category: 'customer',
  aggregateId: (d: { customerId: string }) => d.customerId,
} as const

/** What identifies a person: encrypted under the customer's key, unreadable after erasure. */
export const CustomerPersonal = Type.Object({
  name: text,
  email: orNull(text),
  /** Free, but `country`, `state`, `zip`, `city`, `line1`, `tax_id`, `tax_exempt` go on documents and into tax. */
  billingMetadata: object,
})

/** null: inherited (currency and timezone from the organization, days from the billing entity, else 0 and 30). */
const terms = {
  currency: orNull(currency),
  timezone: orNull(timezone),
  invoiceGracePeriodDays: orNull(integer),
  netPaymentTermDays: orNull(integer),
}

const personalSubject = (data: unknown) => (data as { customerId: string }).customerId

export const CreateCustomer = defineCommand(
  'CreateCustomer',
  { ...target, creates: true },
  Type.Object({ customerId: id, externalId: text, testClockId: orNull(id), ...terms, personal: CustomerPersonal }),
)
export const ChangeCustomer = defineCommand(
  'ChangeCustomer',
  target,
  Type.Object({ customerId: id, changes: Type.Partial(Type.Object(terms)), personal: Type.Partial(CustomerPersonal) }),
)
export const DeleteCustomer = defineCommand('DeleteCustomer', target, Type.Object({ customerId: id }))
/** Forgets the person: the key goes, views and snapshots are cleared, issued invoices keep their own copy for the legal term. */
export const EraseCustomer = defineCommand('EraseCustomer', target, Type.Object({ customerId: id }))

export const CustomerCreated = defineEvent(
  'CustomerCreated',
  Type.Object({
    customerId: id,
    externalId: text,
    testClockId: orNull(id),
    ...terms,
    personal: orNull(CustomerPersonal),
  }),
  { personalSubject },
)
export const CustomerChanged = defineEvent(
  'CustomerChanged',
  Type.Object({
    customerId: id,
    changes: Type.Partial(Type.Object(terms)),
    personal: orNull(Type.Partial(CustomerPersonal)),
  }),
  { personalSubject },
)
export const CustomerDeleted = defineEvent('CustomerDeleted', Type.Object({ customerId: id }))
export const CustomerErased = defineEvent('CustomerErased', Type.Object({ customerId: id }))

export type CustomerCommand =
  | CommandOf<typeof CreateCustomer>
  | CommandOf<typeof ChangeCustomer>
  | CommandOf<typeof DeleteCustomer>
  | CommandOf<typeof EraseCustomer>
export type CustomerEvent =
  | EventOf<typeof CustomerCreated>
  | EventOf<typeof CustomerChanged>
  | EventOf<typeof CustomerDeleted>
  | EventOf<typeof CustomerErased>
