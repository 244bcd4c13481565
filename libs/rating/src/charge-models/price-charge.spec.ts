import { decimal, formatDecimal } from '@billstream/kernel'
import { chargeFee, type ChargeModel, parseChargeProperties, priceCharge } from '../index'

const charge = (model: string, properties: Record<string, unknown>): ChargeModel => {
  const parsed = parseChargeProperties(model, properties)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return parsed.value
}
const price = (model: ChargeModel, units: string) => formatDecimal(priceCharge(model, decimal(units)).amount)
const fee = (model: ChargeModel, units: string) => chargeFee(priceCharge(model, decimal(units)).amount)

describe('a standard charge', () => {
  it.each([
    [{ amount: '7.333' }, '13.5', '98.9955', 99n],
    [{ amount: '7.333', min_price: 500 }, '13.5', '500', 500n],
    [{ unit_price: 10, max_price: '350' }, '40', '350', 350n],
    [{ amount: '0.05' }, '8819', '440.95', 441n],
    [{ amount: '10', min_price: '100' }, '0', '100', 100n],
    [{ amount: '10', min_price: '500', max_price: '350' }, '1', '350', 350n],
    [{ amount: '10' }, '-2', '-20', -20n],
    [{}, '5', '0', 0n],
  ])('E5: %p, %s units is %s, fee %s', (properties, units, amount, minor) => {
    expect(price(charge('standard', properties), units)).toBe(amount)
    expect(fee(charge('standard', properties), units)).toBe(minor)
  })

  it('shows its price as the unit amount, also at 0 units', () =>
    expect(formatDecimal(priceCharge(charge('standard', { amount: '7.333' }), decimal(0)).unitAmount)).toBe('7.333'))

  it('explains units and limits', () =>
    expect(priceCharge(charge('standard', { amount: '10', min_price: '500' }), decimal(3)).steps).toEqual([
      { kind: 'units', from: '0', to: null, units: '3', unitPrice: '10', flatAmount: '0', amount: '30' },
      { kind: 'minimum', limit: '500', amount: '470' },
    ]))
})

const e7 = [
  { from_value: 0, to_value: 10, per_unit_amount: '100', flat_amount: '0' },
  { from_value: 11, to_value: 20, per_unit_amount: '80', flat_amount: '50' },
  { from_value: 21, to_value: null, per_unit_amount: '50' },
]

describe('a graduated charge', () => {
  it('E6: form A prices each part and adds the flat amount', () => {
    const ranges = [
      { from_value: 0, to_value: 10, per_unit_amount: '1', flat_amount: '2' },
      { from_value: 11, to_value: null, per_unit_amount: '0.5' },
    ]
    const model = charge('graduated', { graduated_ranges: ranges })
    expect([price(model, '15'), fee(model, '15')]).toEqual(['14.5', 15n])
  })

  it('E6: form B prices each part', () => {
    const model = charge('graduated', {
      tiers: [
        { up_to: 10, unit_price: '1' },
        { up_to: null, unit_price: '0.5' },
      ],
    })
    expect([price(model, '15'), fee(model, '15')]).toEqual(['12.5', 13n])
  })

  it.each([
    ['0', '0'],
    ['10', '1000'],
    ['10.5', '1090'],
    ['11', '1130'],
    ['20', '1850'],
    ['25', '2100'],
    ['-5', '0'],
  ])('E7: %s units cost %s', (units, amount) =>
    expect(price(charge('graduated', { graduated_ranges: e7 }), units)).toBe(amount),
  )

  it('has the average as its unit amount, 0 at 0 units', () => {
    const model = charge('graduated', { graduated_ranges: e7 })
    expect(formatDecimal(priceCharge(model, decimal('15')).unitAmount)).toBe('96.666666666667')
    expect(formatDecimal(priceCharge(model, decimal('0')).unitAmount)).toBe('0')
  })

  it('E7: explains each part', () =>
    expect(priceCharge(charge('graduated', { graduated_ranges: e7 }), decimal('25')).steps).toEqual([
      { kind: 'units', from: '0', to: '10', units: '10', unitPrice: '100', flatAmount: '0', amount: '1000' },
      { kind: 'units', from: '10', to: '20', units: '10', unitPrice: '80', flatAmount: '50', amount: '850' },
      { kind: 'units', from: '20', to: null, units: '5', unitPrice: '50', flatAmount: '0', amount: '250' },
    ]))
})

describe('a volume charge', () => {
  const ranges = [
    { from_value: 0, to_value: 10, per_unit_amount: '100' },
    { from_value: 11, to_value: null, per_unit_amount: '80', flat_amount: '50' },
  ]

  it.each([
    ['0', '0'],
    ['10', '1000'],
    ['10.000000000001', '850.00000000008'],
    ['11', '930'],
    ['15', '1250'],
    ['-1', '0'],
  ])('E8: %s units cost %s', (units, amount) =>
    expect(price(charge('volume', { volume_ranges: ranges }), units)).toBe(amount),
  )

  it('explains the one range', () =>
    expect(priceCharge(charge('volume', { volume_ranges: ranges }), decimal('15')).steps).toEqual([
      { kind: 'units', from: '10', to: null, units: '15', unitPrice: '80', flatAmount: '50', amount: '1250' },
    ]))

  it('throws when no range holds the units', () => {
    const closed: ChargeModel = { model: 'volume', ranges: [{ upTo: '10', unitPrice: '1', flatAmount: '0' }] }
    expect(() => priceCharge(closed, decimal('11'))).toThrow(RangeError)
  })
})

describe('a package charge', () => {
  const properties = { amount: '500', package_size: '100', free_units: 50 }

  it.each([
    ['0', '0'],
    ['50', '0'],
    ['51', '500'],
    ['150', '500'],
    ['150.000000000001', '1000'],
    ['251', '1500'],
    ['-10', '0'],
  ])('E9: %s units cost %s', (units, amount) => expect(price(charge('package', properties), units)).toBe(amount))

  it('is of one unit and without free ones unless it says so', () =>
    expect(price(charge('package', { unit_price: '3' }), '1.5')).toBe('6'))

  it('counts a package that has only just begun', () => {
    const thirds: ChargeModel = { model: 'package', packagePrice: '1', size: '0.000000000003', freeUnits: '0' }
    expect(price(thirds, '999999999999999999.999999999998')).toBe('333333333333333333333333333333')
    expect(price(thirds, '999999999999999999.999999999997')).toBe('333333333333333333333333333333')
    expect(price(thirds, '999999999999999999.999999999999')).toBe('333333333333333333333333333333')
  })

  it('explains the packages', () =>
    expect(priceCharge(charge('package', properties), decimal('251')).steps).toEqual([
      { kind: 'packages', freeUnits: '50', size: '100', packages: '3', packagePrice: '500', amount: '1500' },
    ]))

  it('throws on a size of 0', () =>
    expect(() => priceCharge({ model: 'package', packagePrice: '1', size: '0', freeUnits: '0' }, decimal('1'))).toThrow(
      RangeError,
    ))
})

describe('the usage of a month', () => {
  it('costs what the price list says', () => {
    const context = charge('graduated', {
      tiers: [{ up_to: 5_000_000, unit_price: '0.0003' }, { unit_price: '0.00025' }],
    })
    expect(fee(context, '18059974')).toBe(4765n)
    expect(fee(charge('package', { amount: '1.5', package_size: 1000 }), '245896')).toBe(369n)
  })
})
