import type { CustomerEvent } from '@billstream/accounts-contracts'
import { assertNever } from '@billstream/kernel'

/** null: inherited. */
export interface CustomerTerms {
  readonly currency: string | null
  readonly timezone: string | null
  readonly invoiceGracePeriodDays: number | null
  readonly netPaymentTermDays: number | null
}

/** Holds nothing that identifies a person: snapshots of it stay after an erasure. */
export type Customer =
  | { readonly status: 'none' }
  | {
      readonly status: 'active' | 'deleted'
      readonly customerId: string
      readonly externalId: string
      readonly terms: CustomerTerms
      readonly erased: boolean
    }

export type KnownCustomer = Exclude<Customer, { status: 'none' }>

export const noCustomer: Customer = { status: 'none' }

export function evolveCustomer(state: Customer, event: CustomerEvent): Customer {
  if (event.type === 'CustomerCreated') {
    const { customerId, externalId, testClockId: _clock, personal: _personal, ...terms } = event.data
    return { status: 'active', customerId, externalId, terms, erased: false }
  }
  return state.status === 'none' ? state : evolveKnown(state, event)
}

function evolveKnown(state: KnownCustomer, event: Exclude<CustomerEvent, { type: 'CustomerCreated' }>): Customer {
  switch (event.type) {
    case 'CustomerChanged':
      return { ...state, terms: { ...state.terms, ...event.data.changes } }
    case 'CustomerDeleted':
      return { ...state, status: 'deleted' }
    case 'CustomerErased':
      return { ...state, erased: true }
    default:
      return assertNever(event)
  }
}
