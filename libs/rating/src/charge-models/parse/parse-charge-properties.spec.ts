import { parseChargeProperties, RANGES_PER_CHARGE_MAX } from '../../index'

type Properties = Record<string, unknown>

const read = (model: string, properties: Properties) => {
  const parsed = parseChargeProperties(model, properties)
  return parsed.ok ? parsed.value : parsed.errors
}
const refusals = (model: string, properties: Properties) => {
  const parsed = parseChargeProperties(model, properties)
  return parsed.ok ? [] : parsed.errors.map(({ code, field }) => `${field}: ${code}`)
}
const kept = (value: string) => ({ isLosslessNumber: true, value, toString: () => value })
const range = (from: unknown, to: unknown, price: unknown = '1') => ({
  from_value: from,
  to_value: to,
  per_unit_amount: price,
})

describe('a standard charge', () => {
  const expected = { model: 'standard', unitPrice: '7.333', minAmount: '500', maxAmount: null }

  it.each([
    [{ amount: '7.333', min_price: 500 }],
    [{ unit_price: 7.333, min_price: '500.00', max_price: null }],
    [{ amount: kept('7.3330'), unit_price: '7.333', min_price: 500n, max_price: '' }],
    [{ amount: '', unit_price: '7.333', min_price: '5e2', base_amount: 'any', event_count: -1 }],
    [{ amount: '7.3330000000000001', min_price: '500' }],
  ])('is read from %p', (properties) => expect(read('standard', properties)).toEqual(expected))

  it('has a price of 0 when none is given', () =>
    expect(read('standard', { amount: '', unit_price: null })).toEqual({
      model: 'standard',
      unitPrice: '0',
      minAmount: null,
      maxAmount: null,
    }))

  it.each([
    [{ amount: '1', unit_price: '2' }, ['properties.unit_price: property_conflict']],
    [{ amount: '-1' }, ['properties.amount: negative_price']],
    [{ amount: '1', min_price: -0.01 }, ['properties.min_price: negative_price']],
    [{ amount: '1', max_price: '-5' }, ['properties.max_price: negative_price']],
    [{ amount: 'NaN' }, ['properties.amount: not_a_number']],
    [{ amount: Number.NaN }, ['properties.amount: not_a_number']],
    [{ amount: true }, ['properties.amount: not_a_number']],
    [{ amount: ['1'] }, ['properties.amount: not_a_number']],
    [{ amount: ' ' }, ['properties.amount: not_a_number']],
    [{ amount: kept('1e30') }, ['properties.amount: number_out_of_range']],
    [{ amount: '1', price: '1' }, ['properties.price: unknown_property']],
    [{ amount: '1', package_size: '1' }, ['properties.package_size: unknown_property']],
    [JSON.parse('{"amount": "1", "__proto__": 1}') as Properties, ['properties.__proto__: unknown_property']],
    [
      { amount: '-1', min_price: 'x', size: 1 },
      ['properties.size: unknown_property', 'properties.amount: negative_price', 'properties.min_price: not_a_number'],
    ],
  ])('is refused for %p', (properties, expected) => expect(refusals('standard', properties)).toEqual(expected))
})

describe('a package charge', () => {
  it.each([
    [{ amount: '1.5' }, { model: 'package', packagePrice: '1.5', size: '1', freeUnits: '0' }],
    [
      { unit_price: 500, package_size: 100, free_units: '50' },
      { model: 'package', packagePrice: '500', size: '100', freeUnits: '50' },
    ],
    [
      { amount: '1', package_size: '', free_units: null },
      { model: 'package', packagePrice: '1', size: '1', freeUnits: '0' },
    ],
  ])('is read from %p', (properties, expected) => expect(read('package', properties)).toEqual(expected))

  it.each([
    [{ amount: '1', package_size: 0 }, ['properties.package_size: package_size_not_positive']],
    [{ amount: '1', package_size: '-5' }, ['properties.package_size: package_size_not_positive']],
    [{ amount: '1', package_size: '0.0000000000001' }, ['properties.package_size: package_size_not_positive']],
    [{ amount: '1', free_units: -1 }, ['properties.free_units: negative_units']],
    [{ amount: '1', min_price: 1 }, ['properties.min_price: unknown_property']],
  ])('is refused for %p', (properties, expected) => expect(refusals('package', properties)).toEqual(expected))
})

describe.each(['graduated', 'volume'])('a %s charge', (model) => {
  const list = `${model}_ranges`
  const expected = {
    model,
    ranges: [
      { upTo: '10', unitPrice: '1', flatAmount: '2' },
      { upTo: '20', unitPrice: '0.8', flatAmount: '0' },
      { upTo: null, unitPrice: '0.5', flatAmount: '0' },
    ],
  }
  const first = { ...range(0, 10), flat_amount: '2' }
  const tiers = [
    { up_to: 10, unit_price: '1', flat_amount: 2 },
    { up_to: '20', unit_price: 0.8 },
    { up_to: null, unit_price: '0.50' },
  ]

  it.each([
    ['with steps of 1', { [list]: [first, range(11, 20, '0.8'), range(21, null, '0.5')] }],
    ['with shared bounds', { [list]: [first, range(10, 20, '0.8'), range(20, null, '0.5')] }],
    ['with both, from 1', { [list]: [{ ...first, from_value: 1 }, range('10', '20', '0.8'), range(21, '', '0.5')] }],
    ['in any order', { [list]: [range(21, null, '0.5'), first, range(11, 20, '0.8')] }],
    ['without beginnings', { [list]: [first, range('', 20, '0.8'), { per_unit_amount: '0.5' }] }],
    ['as tiers', { tiers }],
    ['as tiers in any order', { tiers: [...tiers].reverse() }],
    ['in both forms, alike', { tiers, [list]: [first, range(11, 20, '0.8'), range(21, null, '0.5')] }],
    [
      'with numbers that kept their text',
      { [list]: [first, range(kept('11'), kept('20'), kept('0.8')), range(kept('21.0'), null, '0.5')] },
    ],
  ])('is read %s', (_, properties) => expect(read(model, properties)).toEqual(expected))

  it('prices nothing when no ranges are given', () => {
    const free = { model, ranges: [{ upTo: null, unitPrice: '0', flatAmount: '0' }] }
    expect([read(model, {}), read(model, { [list]: null, tiers: '' })]).toEqual([free, free])
  })

  const at = `properties.${list}`

  it.each<[string, unknown, string[]]>([
    ['a gap', [range(0, 10), range(12, null)], [`${at}.1.from_value: range_gap`]],
    ['a gap of a fraction', [range(0, 10), range(10.5, null)], [`${at}.1.from_value: range_gap`]],
    ['a first that begins late', [range(2, null)], [`${at}.0.from_value: range_gap`]],
    ['an overlap', [range(0, 10), range(9, 20), range(21, null)], [`${at}.1.from_value: range_overlap`]],
    ['an overlap, in any order', [range(21, null), range(9, 20), range(0, 10)], [`${at}.1.from_value: range_overlap`]],
    [
      'two ranges with one end',
      [range(0, 10), range(0, 10), range(11, null)],
      [`${at}.1.to_value: range_overlap`, `${at}.1.from_value: range_overlap`],
    ],
    [
      'a range that ends before it begins',
      [range(0, 10), range(11, 10.5), range(10.5, null)],
      [`${at}.1.to_value: range_bounds_not_rising`],
    ],
    ['a range up to 0', [range(0, 0), range(1, null)], [`${at}.0.to_value: range_bounds_not_rising`]],
    ['a closed end', [range(0, 10), range(11, 20)], [`${at}.1.to_value: last_range_not_open`]],
    ['an open range in the middle', [range(0, null), range(11, null)], [`${at}.0.to_value: range_open_before_last`]],
    ['no range', [], [`${at}: last_range_not_open`]],
    ['text', 'ranges', [`${at}: ranges_not_a_list`]],
    ['an object', { 0: range(0, null) }, [`${at}: ranges_not_a_list`]],
    [
      'a range that is none',
      [5, range(0, null), null, kept('5')],
      [`${at}.0: range_not_an_object`, `${at}.2: range_not_an_object`, `${at}.3: range_not_an_object`],
    ],
    ['an unknown key', [{ ...range(0, null), unit_price: '1' }], [`${at}.0.unit_price: unknown_property`]],
    ['a negative price', [range(0, null, '-1')], [`${at}.0.per_unit_amount: negative_price`]],
    ['a negative flat amount', [{ ...range(0, null), flat_amount: -1 }], [`${at}.0.flat_amount: negative_price`]],
    ['a bound that is no number', [range(0, 'ten'), range(11, null)], [`${at}.0.to_value: not_a_number`]],
    ['a negative bound', [range(-1, null)], [`${at}.0.from_value: negative_units`]],
    ['a bound of 10^30', [range(0, 1e30), range(11, null)], [`${at}.0.to_value: number_out_of_range`]],
    [
      'several faults',
      [range(0, 10, '-1'), range(12, 20)],
      [
        `${at}.0.per_unit_amount: negative_price`,
        `${at}.1.to_value: last_range_not_open`,
        `${at}.1.from_value: range_gap`,
      ],
    ],
  ])('is refused for %s', (_, ranges, expectedRefusals) =>
    expect(refusals(model, { [list]: ranges })).toEqual(expectedRefusals),
  )

  it.each<[string, unknown, string[]]>([
    ['two tiers with one end', [{ up_to: 10 }, { up_to: 10 }, {}], ['properties.tiers.1.up_to: range_overlap']],
    ['a closed end', [{ up_to: 10 }], ['properties.tiers.0.up_to: last_range_not_open']],
    ['a key of the other form', [{ to_value: null }], ['properties.tiers.0.to_value: unknown_property']],
    ['other ranges than the other form', [{ up_to: null, unit_price: 5 }], ['properties.tiers: property_conflict']],
  ])('is refused for tiers with %s', (name, list_, expectedRefusals) => {
    const other = name.startsWith('other') ? { [list]: [range(0, null)] } : {}
    expect(refusals(model, { tiers: list_, ...other })).toEqual(expectedRefusals)
  })

  it('has at most 100 ranges', () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ up_to: index === count - 1 ? null : index + 1 }))
    expect(refusals(model, { tiers: many(RANGES_PER_CHARGE_MAX) })).toEqual([])
    expect(refusals(model, { tiers: many(RANGES_PER_CHARGE_MAX + 1) })).toEqual(['properties.tiers: too_many_ranges'])
  })

  it('does not take the ranges of the other model', () => {
    const other = model === 'volume' ? 'graduated_ranges' : 'volume_ranges'
    expect(refusals(model, { [other]: [range(0, null)] })).toEqual([`properties.${other}: unknown_property`])
  })
})

describe('a charge of another model', () => {
  it.each(['percentage', 'graduated_percentage', 'custom', 'dynamic'])('%s is not available', (model) =>
    expect(refusals(model, {})).toEqual(['charge_model: not_available']),
  )

  it.each(['', 'Standard', 'toString', '__proto__'])('%p is unknown', (model) =>
    expect(refusals(model, {})).toEqual(['charge_model: unknown_charge_model']),
  )
})

describe('a refusal', () => {
  it('names its field behind the caller’s prefix, and is the first of all', () => {
    const parsed = parseChargeProperties('standard', { amount: -1, x: 1 }, 'charges.0.')
    expect(parsed).toMatchObject({ ok: false, error: { code: 'unknown_property', field: 'charges.0.properties.x' } })
    expect(parsed.ok ? [] : parsed.errors.map(({ field }) => field)).toEqual([
      'charges.0.properties.x',
      'charges.0.properties.amount',
    ])
    expect(parseChargeProperties('custom', {}, 'charges.3.')).toMatchObject({
      error: { field: 'charges.3.charge_model' },
    })
  })

  it('tells at most 100 fields', () => {
    const unknown = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`key${index}`, index]))
    expect(refusals('standard', unknown)).toHaveLength(100)
  })
})
