import { scaled } from './scaled-decimal'
import { slowFee, slowUnits } from './slow-rating'

const event = (value: string, timestamp: string, transactionId = timestamp) => ({
  ...{ transactionId, externalCustomerId: 'acme', externalSubscriptionId: '', code: 'm', timestamp },
  ...{ properties: `{"value":${value}}`, createdAt: timestamp },
})
const [MORNING, NOON] = ['2026-01-01T08:00:00.000Z', '2026-01-01T12:00:00.000Z'] as const

describe('the slow rating', () => {
  it.each([
    ['count', '2'],
    ['sum', '0.5'],
    ['max', '3'],
    ['unique_count', '2'],
    ['latest', '-2.5'],
  ] as const)('counts %s', (aggregation, units) => {
    const events = [event('-2.5', NOON), event('3', MORNING)]
    expect(slowUnits({ code: 'm', aggregation, rounding: null }, events)).toBe(scaled(units))
  })

  it('breaks ties of time by transaction id', () => {
    const metric = { code: 'm', aggregation: 'latest', rounding: null } as const
    expect(slowUnits(metric, [event('1', NOON, 'b'), event('2', NOON, 'a')])).toBe(scaled('1'))
  })

  it.each([
    ['round', '-2.5', '-3'],
    ['ceil', '-2.5', '-2'],
    ['floor', '-2.5', '-3'],
  ] as const)('rounds by %s', (fn, value, units) => {
    const metric = { code: 'm', aggregation: 'sum', rounding: { fn, precision: 0 } } as const
    expect(slowUnits(metric, [event(value, NOON)])).toBe(scaled(units))
  })

  const ranges = [
    { from_value: '0', to_value: '10', per_unit_amount: '100', flat_amount: '200' },
    { from_value: '11', to_value: null, per_unit_amount: '50', flat_amount: '0' },
  ]
  it.each([
    ['standard', { amount: '2.5' }, '3', 8n],
    ['standard', { amount: '1', min_price: '10' }, '3', 10n],
    ['standard', { amount: '100', max_price: '10' }, '3', 10n],
    ['package', { amount: '30', package_size: '10', free_units: '5' }, '25.1', 90n],
    [
      'graduated',
      { graduated_ranges: ranges.map((range) => ({ ...range, from_value: range.to_value === null ? '10' : '0' })) },
      '15',
      1450n,
    ],
    ['volume', { volume_ranges: ranges }, '15', 750n],
    ['volume', { volume_ranges: ranges }, '0', 0n],
  ] as const)('prices %s %j of %s units', (model, properties, units, fee) =>
    expect(slowFee(model, properties, scaled(units))).toBe(fee),
  )
})
