import { boxBillingErrorOf } from './errors'

const errorOf = (code: string, errors: number[], field?: string) =>
  boxBillingErrorOf({ code, message: 'Because.', ...(field !== undefined && { field }) }, { errors, method: 'POST' })

describe('a refusal on the wire', () => {
  it.each([
    ['customer_not_found', [400, 404], 404],
    ['customer_not_found', [400, 401], 400],
    ['customer_not_found', [401, 422], 422],
    ['customer_in_use', [404], 409],
    ['customer_in_use', [400, 404], 400],
    ['subscription_ended', [404], 404],
    ['subscription_ended', [400, 404], 400],
    ['a_code_of_no_contract', [], 400],
  ])('%s where %j are declared: %d', (code, errors, status) =>
    expect(errorOf(code, errors)).toMatchObject({ status, code }),
  )

  it('names the field in the words of the wire', () =>
    expect(errorOf('negative_price', [], 'charges.0.properties.unitPrice').options.problems).toEqual([
      { type: 'negative_price', loc: ['body', 'charges', 0, 'properties', 'unit_price'], msg: 'Because.' },
    ]))

  it('asks to try again after a lost race', () =>
    expect(errorOf('too_many_conflicts', [])).toMatchObject({ status: 409, options: { retryAfterSeconds: 1 } }))
})
