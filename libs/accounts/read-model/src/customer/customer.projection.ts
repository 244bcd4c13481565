import { CustomerChanged, CustomerCreated, CustomerDeleted, CustomerErased } from '@billstream/accounts-contracts'
import { defineProjection, on, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import { customerView, type CustomerRow } from './customer.view'

type Created = EventOf<typeof CustomerCreated>['data']
type Changed = EventOf<typeof CustomerChanged>['data']

const FORGOTTEN = { name: '', email: null, billing_metadata: {} } as const

/** `personal` is null when the person's key is gone: a rebuild after an erasure shows nothing of the person either. */
export const customerProjection = defineProjection({
  name: 'accounts.customer',
  view: customerView,
  version: 1,
  on: {
    ...on(CustomerCreated, (event) => [{ id: event.data.customerId, row: createdRow(event, event.data) }]),
    ...on(CustomerChanged, (event) => [change(event, changedColumns(event.data))]),
    ...on(CustomerDeleted, (event) => [change(event, { status: 'deleted' })]),
    ...on(CustomerErased, (event) => [change(event, FORGOTTEN)]),
  },
})

function change(event: RecordedEvent<string, { customerId: string }>, columns: Partial<CustomerRow>) {
  return {
    id: event.data.customerId,
    fold: (row: CustomerRow | undefined) => row && { ...row, ...columns, updated_at: event.recordedAt },
  }
}

function createdRow({ metadata, recordedAt }: RecordedEvent, data: Created): CustomerRow {
  return {
    organization_id: metadata.organizationId,
    id: data.customerId,
    external_id: data.externalId,
    ...FORGOTTEN,
    ...(data.personal && {
      name: data.personal.name,
      email: data.personal.email,
      billing_metadata: data.personal.billingMetadata,
    }),
    currency: data.currency,
    timezone: data.timezone,
    invoice_grace_period: data.invoiceGracePeriodDays,
    net_payment_term: data.netPaymentTermDays,
    test_clock_id: data.testClockId,
    status: 'active',
    created_at: recordedAt,
    updated_at: recordedAt,
  }
}

/** Only what changed; null is a value. */
function changedColumns({ changes, personal }: Changed): Partial<CustomerRow> {
  const columns = {
    currency: changes.currency,
    timezone: changes.timezone,
    invoice_grace_period: changes.invoiceGracePeriodDays,
    net_payment_term: changes.netPaymentTermDays,
    name: personal?.name,
    email: personal?.email,
    billing_metadata: personal?.billingMetadata,
  }
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined))
}
