import { Type } from '@sinclair/typebox'
import { sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'
import { CurrentUsageResponse, CustomerCreate, CustomerResponse, CustomerUpdate } from './customers.dto'

const tag = 'Customers'
const params = Type.Object({ customer_id: wire.uuid() })

export const createCustomer = operation({
  method: 'POST',
  path: '/v1/customers/',
  tag,
  summary: 'Create a customer',
  body: CustomerCreate,
  response: CustomerResponse,
  status: 201,
  errors: [401, 409, 422],
})
export const listCustomers = operation({
  method: 'GET',
  path: '/v1/customers/',
  tag,
  summary: 'List customers',
  query: Type.Object(sortedPage),
  response: Type.Array(CustomerResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const getCurrentUsage = operation({
  method: 'GET',
  path: '/v1/customers/{external_id}/current_usage',
  tag,
  summary: "Usage of a subscription's open period, priced as its invoice will be",
  params: Type.Object({ external_id: wire.text() }),
  query: Type.Object({ subscription_id: wire.text() }),
  response: CurrentUsageResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const getCustomer = operation({
  method: 'GET',
  path: '/v1/customers/{customer_id}',
  tag,
  summary: 'Get a customer',
  params,
  response: CustomerResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const updateCustomer = operation({
  method: 'PUT',
  path: '/v1/customers/{customer_id}',
  tag,
  summary: 'Change a customer',
  params,
  body: CustomerUpdate,
  response: CustomerResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const deleteCustomer = operation({
  method: 'DELETE',
  path: '/v1/customers/{customer_id}',
  tag,
  summary: 'Delete a customer that owes nothing',
  params,
  status: 204,
  errors: [401, 404, 422],
})
