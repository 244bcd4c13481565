import {
  ChangeCustomer,
  CreateCustomer,
  CustomerChanged,
  CustomerCreated,
  CustomerDeleted,
  CustomerErased,
  DeleteCustomer,
  EraseCustomer,
  type AccountsRefusal,
  type CustomerCommand,
  type CustomerEvent,
} from '@billstream/accounts-contracts'
import type { Decider } from '@billstream/event-sourcing-core'
import { assertNever, ok, refuse, type Result } from '@billstream/kernel'
import { checkTerms } from '../billing-terms/billing-terms.check'
import { evolveCustomer, noCustomer, type Customer, type CustomerTerms, type KnownCustomer } from './customer.state'

/** Of a change of currency: what it is measured against. */
export interface CurrencyFacts {
  readonly organizationCurrency: string
  /** There is, or was, a subscription or an invoice. */
  readonly billed: boolean
}

/** Of a deletion. */
export interface DeletionFacts {
  /** A subscription has not ended, or an invoice is unpaid. */
  readonly owes: boolean
}

type Decision = Result<readonly CustomerEvent[], AccountsRefusal>
type CommandData<Type extends CustomerCommand['type']> = Extract<CustomerCommand, { type: Type }>['data']

/** A customer. Its external id is free again once it is deleted. Source: rules/boxbilling.md, section 3. */
export const customerDecider: Decider<Customer, CustomerCommand, CustomerEvent> = {
  category: 'customer',
  commands: [CreateCustomer, ChangeCustomer, DeleteCustomer, EraseCustomer],
  events: [CustomerCreated, CustomerChanged, CustomerDeleted, CustomerErased],
  initial: noCustomer,
  foldVersion: 1,
  decide(command, state) {
    switch (command.type) {
      case 'CreateCustomer':
        return create(command.data, state)
      case 'ChangeCustomer':
        return state.status === 'active'
          ? change(command.data, state, command.facts as CurrencyFacts | undefined)
          : noSuchCustomer()
      case 'DeleteCustomer':
        return state.status === 'active' ? remove(state, command.facts as DeletionFacts | undefined) : noSuchCustomer()
      case 'EraseCustomer':
        return state.status === 'none' ? noSuchCustomer() : erase(state)
      default:
        return assertNever(command)
    }
  },
  evolve: evolveCustomer,
  claims: (state) => (state.status === 'active' ? [{ kind: 'customer-external_id', key: state.externalId }] : []),
  claimTaken: ({ key }) => ({
    code: 'external_id_taken',
    message: `There is a customer with the external id ${key}.`,
    field: 'external_id',
  }),
}

function create(data: CommandData<'CreateCustomer'>, state: Customer): Decision {
  if (state.status !== 'none') return refuse('customer_exists', 'This customer exists already.')
  const checked = checkTerms(data, { currencyField: 'currency' })
  return checked.ok ? ok([CustomerCreated(data)]) : checked
}

function change(
  { customerId, changes, personal }: CommandData<'ChangeCustomer'>,
  state: KnownCustomer,
  facts: CurrencyFacts | undefined,
): Decision {
  const real = Object.fromEntries(
    Object.entries(changes).filter(([name, value]) => value !== state.terms[name as keyof CustomerTerms]),
  ) as Partial<CustomerTerms>
  const checked = checkTerms(real, { currencyField: 'currency' })
  if (!checked.ok) return checked
  if (movesCurrency(real, state, facts)) {
    return refuse(
      'currency_in_use',
      'The currency cannot change once there is a subscription or an invoice.',
      'currency',
    )
  }
  // Nothing of a forgotten person is taken in again, also in the moment before the key is gone.
  const about = state.erased || Object.keys(personal).length === 0 ? null : personal
  const nothing = about === null && Object.keys(real).length === 0
  return ok(nothing ? [] : [CustomerChanged({ customerId, changes: real, personal: about })])
}

/** Writing down the currency that was inherited so far moves nothing. */
function movesCurrency(real: Partial<CustomerTerms>, state: KnownCustomer, facts: CurrencyFacts | undefined): boolean {
  if (real.currency === undefined || !facts?.billed) return false
  const effective = (currency: string | null) => currency ?? facts.organizationCurrency
  return effective(real.currency) !== effective(state.terms.currency)
}

function remove({ customerId }: KnownCustomer, facts: DeletionFacts | undefined): Decision {
  return facts?.owes
    ? refuse('customer_in_use', 'A subscription has not ended or an invoice is unpaid.')
    : ok([CustomerDeleted({ customerId })])
}

function erase({ customerId, erased }: KnownCustomer): Decision {
  return ok(erased ? [] : [CustomerErased({ customerId })])
}

function noSuchCustomer(): Decision {
  return refuse('customer_not_found', 'There is no such customer.')
}
