import {
  ChangeCustomer,
  CreateCustomer,
  CustomerChanged,
  CustomerCreated,
  CustomerDeleted,
  CustomerErased,
  DeleteCustomer,
  EraseCustomer,
} from '@billstream/accounts-contracts'
import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import { customerDecider } from './customer.decider'

const { given } = specificationOf(customerDecider)
const customerId = '00000000-0000-5000-8000-000000000002'
const terms = { currency: null, timezone: null, invoiceGracePeriodDays: null, netPaymentTermDays: null }
const personal = { name: 'Ada', email: 'ada@example.com', billingMetadata: { city: 'London' } }
const data = { customerId, externalId: 'ada', testClockId: null, ...terms, personal }

const created = CustomerCreated(data)
const create = CreateCustomer(data, testMetadata())
const rename = ChangeCustomer({ customerId, changes: {}, personal: { name: 'Ada L.' } }, testMetadata())
const useEuro = ChangeCustomer({ customerId, changes: { currency: 'EUR' }, personal: {} }, testMetadata())
const remove = DeleteCustomer({ customerId }, testMetadata())
const erase = EraseCustomer({ customerId }, testMetadata())

describe('a customer', () => {
  describe('that does not exist', () => {
    it('is created', () => given().when(create).then(created))
    it('is refused with terms that nobody can bill by', () =>
      given()
        .when(CreateCustomer({ ...data, timezone: 'Mars/Base' }, testMetadata()))
        .refuses('invalid_timezone', 'timezone'))
    it.each([rename, remove, erase])('refuses $type', (command) => given().when(command).refuses('customer_not_found'))
  })

  describe('that is active', () => {
    const { state, when } = given(created)

    it('holds its external id', () =>
      expect(customerDecider.claims?.(state)).toEqual([{ kind: 'customer-external_id', key: 'ada' }]))
    it('keeps nothing of the person in its state', () => expect(JSON.stringify(state)).not.toMatch(/Ada|London/))
    it('is not created again', () => when(create).refuses('customer_exists'))
    it('is renamed', () =>
      when(rename).then(CustomerChanged({ customerId, changes: {}, personal: { name: 'Ada L.' } })))

    it('records only terms that change', () =>
      when(
        ChangeCustomer(
          { customerId, changes: { timezone: 'Asia/Tokyo', currency: null }, personal: {} },
          testMetadata(),
        ),
      ).then(CustomerChanged({ customerId, changes: { timezone: 'Asia/Tokyo' }, personal: null })))

    it('records nothing when nothing changes', () =>
      when(ChangeCustomer({ customerId, changes: { timezone: null }, personal: {} }, testMetadata())).nothing())

    it('changes its currency while nothing was billed', () =>
      when({ ...useEuro, facts: { organizationCurrency: 'USD', billed: false } }).then(
        CustomerChanged({ customerId, changes: { currency: 'EUR' }, personal: null }),
      ))

    it('keeps its currency once something was billed', () =>
      when({ ...useEuro, facts: { organizationCurrency: 'USD', billed: true } }).refuses('currency_in_use', 'currency'))

    it('may write down the currency that it inherited', () =>
      when({ ...useEuro, facts: { organizationCurrency: 'EUR', billed: true } }).then(
        CustomerChanged({ customerId, changes: { currency: 'EUR' }, personal: null }),
      ))

    it('refuses a currency that there is not', () =>
      when(ChangeCustomer({ customerId, changes: { currency: 'QQQ' }, personal: {} }, testMetadata())).refuses(
        'unknown_currency',
        'currency',
      ))

    it('is deleted when it owes nothing', () =>
      when({ ...remove, facts: { owes: false } }).then(CustomerDeleted({ customerId })))
    it('stays while it owes something', () => when({ ...remove, facts: { owes: true } }).refuses('customer_in_use'))
    it('is erased', () => when(erase).then(CustomerErased({ customerId })))
  })

  describe('that is deleted', () => {
    const { state, when } = given(created, CustomerDeleted({ customerId }))

    it('gives its external id back', () => expect(customerDecider.claims?.(state)).toEqual([]))
    it.each([rename, remove])('refuses $type', (command) => when(command).refuses('customer_not_found'))
    it('is erased', () => when(erase).then(CustomerErased({ customerId })))
  })

  describe('that is erased', () => {
    const { when } = given(created, CustomerErased({ customerId }))

    it('is not erased twice', () => when(erase).nothing())
    it('takes in nothing of the person again', () => when(rename).nothing())
  })
})
