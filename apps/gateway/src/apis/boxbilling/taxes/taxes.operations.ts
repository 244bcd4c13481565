import { Type } from '@sinclair/typebox'
import { named, sortedPage, wire } from '../../../edge/schema/wire'
import { operation } from '../boxbilling.api'

const { Optional } = Type
const { orNull, text, uuid, instant } = wire
const tag = 'Taxes'
const params = Type.Object({ code: text() })

const LATER_TAXABLES = ['plan', 'charge', 'add_on', 'billing_entity', 'invoice'] as const
const rate = () => wire.decimal({ minimum: 0, maximum: 1 })

const TaxCreate = named('TaxCreate', {
  code: text({ min: 1, max: 255 }),
  name: text({ max: 255 }),
  rate: rate(),
  description: Optional(orNull(text())),
  category: Optional(orNull(text({ max: 100 }))),
  applied_to_organization: Optional(wire.boolean()),
})
const TaxUpdate = named('TaxUpdate', {
  name: Optional(orNull(text({ max: 255 }))),
  rate: Optional(orNull(rate())),
  description: Optional(orNull(text())),
  category: Optional(orNull(text({ max: 100 }))),
  applied_to_organization: Optional(orNull(wire.boolean())),
})
const TaxResponse = named('TaxResponse', {
  id: uuid(),
  code: text(),
  name: text(),
  rate: wire.amountText(),
  description: orNull(text()),
  category: orNull(text()),
  applied_to_organization: wire.boolean(),
  created_at: instant(),
  updated_at: instant(),
})
const ApplyTaxRequest = named('ApplyTaxRequest', {
  tax_code: text(),
  taxable_type: wire.choice(['customer', ...LATER_TAXABLES], { notYet: LATER_TAXABLES }),
  taxable_id: uuid(),
})
const AppliedTaxResponse = named('AppliedTaxResponse', {
  id: uuid(),
  tax_id: uuid(),
  taxable_type: text(),
  taxable_id: uuid(),
  tax_rate: orNull(wire.amountText()),
  tax_amount_cents: wire.amountText(),
  tax_name: orNull(text()),
  tax_code: orNull(text()),
  created_at: instant(),
})

export const createTax = operation({
  method: 'POST',
  path: '/v1/taxes/',
  tag,
  summary: 'Create a tax; rate is a fraction, 0.2 is 20 %',
  body: TaxCreate,
  response: TaxResponse,
  status: 201,
  errors: [401, 409, 422],
})
export const listTaxes = operation({
  method: 'GET',
  path: '/v1/taxes/',
  tag,
  summary: 'List taxes',
  query: Type.Object(sortedPage),
  response: Type.Array(TaxResponse),
  status: 200,
  errors: [401, 422],
  list: true,
})
export const applyTax = operation({
  method: 'POST',
  path: '/v1/taxes/apply',
  tag,
  summary: 'Apply a tax to one object',
  body: ApplyTaxRequest,
  response: AppliedTaxResponse,
  status: 201,
  errors: [401, 404, 422],
})
export const getTax = operation({
  method: 'GET',
  path: '/v1/taxes/{code}',
  tag,
  summary: 'Get a tax',
  params,
  response: TaxResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const updateTax = operation({
  method: 'PUT',
  path: '/v1/taxes/{code}',
  tag,
  summary: 'Change a tax',
  params,
  body: TaxUpdate,
  response: TaxResponse,
  status: 200,
  errors: [401, 404, 422],
})
export const deleteTax = operation({
  method: 'DELETE',
  path: '/v1/taxes/{code}',
  tag,
  summary: 'Delete a tax and its applications',
  params,
  status: 204,
  errors: [401, 404, 422],
})
