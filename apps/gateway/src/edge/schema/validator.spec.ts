import { Type } from '@sinclair/typebox'
import { readJson } from '../json/read-json'
import { compileValidator } from './validator'
import { named, page, wire } from './wire'

const Charge = named('Charge', {
  metric: wire.uuid(),
  model: wire.choice(['standard', 'dynamic'], { notYet: ['dynamic'] }),
  filters: Type.Optional(wire.notYet(Type.Array(Type.Unknown()))),
})
const Plan = named('Plan', {
  code: wire.text({ min: 1, max: 5 }),
  amount: Type.Optional(wire.minor({ minimum: 0 })),
  rate: Type.Optional(wire.decimal({ minimum: 0, maximum: 1 })),
  currency: Type.Optional(wire.orNull(wire.currency())),
  days: Type.Optional(wire.notYet(wire.integer())),
  charges: Type.Optional(Type.Array(Charge, { maxItems: 2 })),
  metadata: Type.Optional(wire.object()),
  at: Type.Optional(wire.instant()),
})
const validate = compileValidator(Plan, 'body')
const metric = '00000000-0000-7000-8000-00000000000A'

function check(text: string) {
  const read = readJson(text)
  if (!read.ok) throw new Error(read.problem.message)
  return validate(read.value)
}

describe('a valid body', () => {
  it('is read into the forms that commands carry', () => {
    const text = `{"code":"a","amount":"10.0000","rate":1e-3,"currency":"usd","days":0,"at":"2026-01-01T01:00:00+01:00",
      "charges":[{"metric":"${metric}","model":"standard","filters":[]}],"unknown":{"is":"ignored"}}`
    expect(check(text)).toMatchObject({
      ok: true,
      value: {
        amount: '10',
        rate: '0.001',
        currency: 'USD',
        at: '2026-01-01T00:00:00.000Z',
        charges: [{ metric: metric.toLowerCase() }],
      },
    })
  })

  it('keeps 18 digits', () =>
    expect(check('{"code":"a","amount":999999999999999999}')).toMatchObject({
      value: { amount: '999999999999999999' },
    }))
  it('takes null where null is allowed', () =>
    expect(check('{"code":"a","currency":null}')).toMatchObject({ ok: true, value: { currency: null } }))
})

describe('an invalid body', () => {
  it.each([
    ['{}', 'missing', ['code']],
    ['{"code":5}', 'string_type', ['code']],
    ['{"code":""}', 'string_too_short', ['code']],
    ['{"code":"abcdef"}', 'string_too_long', ['code']],
    ['{"code":"a","amount":-1}', 'greater_than_equal', ['amount']],
    ['{"code":"a","amount":10.5}', 'fraction_of_minor_unit', ['amount']],
    ['{"code":"a","amount":1e30}', 'number_out_of_range', ['amount']],
    ['{"code":"a","amount":"NaN"}', 'not_a_number', ['amount']],
    ['{"code":"a","amount":true}', 'not_a_number', ['amount']],
    ['{"code":"a","rate":1.0000001}', 'less_than_equal', ['rate']],
    ['{"code":"a","currency":"XXX"}', 'unknown_currency', ['currency']],
    ['{"code":"a","days":3}', 'not_available', ['days']],
    ['{"code":"a","metadata":1e30}', 'dict_type', ['metadata']],
    ['{"code":"a","metadata":[]}', 'dict_type', ['metadata']],
    ['{"code":"a","at":"2026-02-30"}', 'datetime_parsing', ['at']],
    ['{"code":"a","charges":{}}', 'list_type', ['charges']],
    [`{"code":"a","charges":[{"metric":"x","model":"standard"}]}`, 'uuid_parsing', ['charges', 0, 'metric']],
    [`{"code":"a","charges":[{"metric":"${metric}","model":"x"}]}`, 'enum', ['charges', 0, 'model']],
    [`{"code":"a","charges":[{"metric":"${metric}","model":"dynamic"}]}`, 'not_available', ['charges', 0, 'model']],
    [
      `{"code":"a","charges":[{"metric":"${metric}","model":"standard","filters":[1]}]}`,
      'not_available',
      ['charges', 0, 'filters'],
    ],
    ['{"code":"a","charges":[1,2,3]}', 'too_long', ['charges']],
    ['[]', 'dict_type', []],
    ['1e30', 'dict_type', []],
  ])('names the field: %s', (text, type, path) => {
    const outcome = check(text)
    expect(outcome).toMatchObject({ ok: false, problems: [{ type, loc: ['body', ...path] }] })
  })

  it('tells all fields together', () =>
    expect(check('{"amount":-1,"currency":"XXX"}')).toMatchObject({ problems: [{}, {}, {}] }))
})

describe('a query', () => {
  const validateQuery = compileValidator(Type.Object(page), 'query')

  it('reads numbers from text', () =>
    expect(validateQuery({ skip: '5', limit: '1000' })).toMatchObject({ value: { skip: 5, limit: 1000 } }))
  it('bounds the page', () =>
    expect(validateQuery({ limit: '1001' })).toMatchObject({
      problems: [{ type: 'less_than_equal', loc: ['query', 'limit'] }],
    }))
})
