import { decimal, formatDecimal } from '@billstream/kernel'
import fc from 'fast-check'
import {
  aggregate,
  type Aggregation,
  compareEvents,
  distinctOf,
  type MeasurableEvent,
  measureEvents,
  NOTHING_MEASURED,
} from '../index'

const at = (second: number) => `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`
const events = (...values: string[]): MeasurableEvent[] =>
  values.map((value, index) => ({ timestamp: at(index), transactionId: `t${index}`, value, distinct: value }))
const units = (aggregation: Aggregation, measured: readonly MeasurableEvent[]) =>
  formatDecimal(aggregate(aggregation, measureEvents(measured)))

describe('usage that was measured', () => {
  it('E2: has a greatest value, also when all are negative', () => expect(units('max', events('-5', '-2'))).toBe('-2'))

  it('E2: has distinct values by canonical JSON', () => {
    const sent = [5, 5, '5'].map((value) => distinctOf(value) ?? '')
    expect(
      units(
        'unique_count',
        sent.map((distinct, index) => ({ timestamp: at(index), transactionId: `t${index}`, distinct })),
      ),
    ).toBe('2')
  })

  it.each([
    ['ceil', 1, '10.3'],
    ['floor', 1, '10.2'],
    ['round', 0, '10'],
    ['round', 1, '10.2'],
    ['ceil', 2, '10.21'],
    ['ceil', 15, '10.21'],
    ['ceil', -1, '20'],
  ] as const)('E2: sum 10.21 with %s at precision %d is %s', (fn, precision, expected) => {
    const usage = measureEvents(events('4.01', '6.2'))
    expect(formatDecimal(aggregate('sum', usage, { fn, precision }))).toBe(expected)
  })

  it.each([
    ['round', '-2.5', '-3'],
    ['ceil', '-2.5', '-2'],
    ['floor', '-2.5', '-3'],
    ['ceil', '-0.4', '0'],
    ['round', '0.5', '1'],
  ] as const)('%s of %s at 0 is %s', (fn, sum, expected) =>
    expect(formatDecimal(aggregate('sum', { ...NOTHING_MEASURED, sum }, { fn, precision: 0 }))).toBe(expected),
  )

  it('throws on a precision that is not whole', () =>
    expect(() => aggregate('sum', NOTHING_MEASURED, { fn: 'round', precision: 0.5 })).toThrow(RangeError))

  it('counts events, adds them exactly, and takes the latest', () => {
    const measured = events('0.1', '0.2', '-7')
    expect([units('count', measured), units('sum', measured), units('latest', measured)]).toEqual(['3', '-6.7', '-7'])
  })

  it('counts events that have no value', () => {
    const usage = measureEvents([{ timestamp: at(1), transactionId: 'a' }])
    expect(usage).toEqual({ ...NOTHING_MEASURED, eventsCount: 1 })
  })
})

describe('nothing that was measured', () => {
  it.each(['count', 'sum', 'max', 'unique_count', 'latest'] as const)('E2: has a %s of 0', (aggregation) => {
    expect(formatDecimal(aggregate(aggregation, NOTHING_MEASURED))).toBe('0')
    expect(measureEvents([])).toEqual(NOTHING_MEASURED)
  })
})

describe('events of one timestamp', () => {
  it.each([
    ['a', 'b'],
    ['a', 'aa'],
    ['Z', 'a'],
    ['tx-10', 'tx-9'],
    ['é', '日'],
    ['～', '😀'],
  ])('are ordered by the bytes of their transaction ids: %s before %s', (first, last) => {
    const [a, b] = [first, last].map((transactionId) => ({
      timestamp: at(0),
      transactionId,
      value: transactionId === last ? '2' : '1',
    }))
    if (!a || !b) throw new Error('Two events are compared.')
    expect([compareEvents(a, b) < 0, compareEvents(b, a) > 0, compareEvents(a, a)]).toEqual([true, true, 0])
    expect(Buffer.compare(Buffer.from(first), Buffer.from(last))).toBe(-1)
    expect([units('latest', [a, b]), units('latest', [b, a])]).toEqual(['2', '2'])
  })
})

describe('a value that is counted once', () => {
  const kept = (value: string) => ({ isLosslessNumber: true, value })

  it.each([
    [5, '5'],
    [5.0, '5'],
    ['5', '"5"'],
    [kept('5.00'), '5'],
    [kept('0.1234567890123456'), '0.1234567890123456'],
    [true, 'true'],
    ['true', '"true"'],
    ['', '""'],
    [-0, '0'],
  ])('%p is %s', (value, canonical) => expect(distinctOf(value)).toBe(canonical))

  it.each([null, undefined, {}, [5], Number.NaN, kept('1e30')])('%p is none', (value) =>
    expect(distinctOf(value)).toBeUndefined(),
  )
})

const value = fc
  .tuple(fc.bigInt(-(10n ** 30n), 10n ** 30n), fc.nat(12))
  .map(([digits, places]) => formatDecimal(decimal(`${digits}e-${places}`)))
const anyEvents = fc.uniqueArray(
  fc.record({
    timestamp: fc.nat(3).map(at),
    transactionId: fc.string({ unit: 'grapheme', maxLength: 3 }),
    value,
    distinct: fc.constantFrom('1', '2', '"1"'),
  }),
  { selector: ({ transactionId }) => transactionId, maxLength: 12 },
)

describe('any events', () => {
  it('give what a slow second way gives', () => {
    fc.assert(
      fc.property(anyEvents, (measured) => {
        for (const aggregation of ['count', 'sum', 'max', 'unique_count', 'latest'] as const) {
          expect(units(aggregation, measured)).toBe(slowUnits(aggregation, measured))
        }
      }),
    )
  })

  it('give the same in any order', () => {
    const shuffled = anyEvents.chain((measured) =>
      fc.tuple(fc.constant(measured), fc.shuffledSubarray(measured, { minLength: measured.length })),
    )
    fc.assert(
      fc.property(shuffled, ([measured, other]) => expect(measureEvents(other)).toEqual(measureEvents(measured))),
    )
  })

  it('are rounded once, by at most one step, and as integers of the step', () => {
    const rounding = fc.record({
      fn: fc.constantFrom('round' as const, 'ceil' as const, 'floor' as const),
      precision: fc.nat(15),
    })
    fc.assert(
      fc.property(value, rounding, (sum, { fn, precision }) => {
        const rounded = aggregate('sum', { ...NOTHING_MEASURED, sum }, { fn, precision })
        expect(formatDecimal(rounded)).toBe(roundedSlowly(sum, fn, precision))
      }),
    )
  })
})

const SCALE = 10n ** 12n
const scaled = (text: string | undefined) =>
  BigInt(
    decimal(text ?? '0')
      .times(SCALE.toString())
      .toFixed(),
  )
const unscaled = (number: bigint) => formatDecimal(decimal(`${number}e-12`))

function slowUnits(aggregation: Aggregation, measured: readonly MeasurableEvent[]): string {
  const values = measured.map((event) => scaled(event.value))
  const greatest = [...values].sort((a, b) => (a < b ? 1 : -1))[0] ?? 0n
  const order = (event: MeasurableEvent) =>
    Buffer.concat([Buffer.from(event.timestamp), Buffer.from(event.transactionId)])
  const last = [...measured].sort((a, b) => Buffer.compare(order(a), order(b))).at(-1)
  return {
    count: String(measured.length),
    sum: unscaled(values.reduce((sum, each) => sum + each, 0n)),
    max: unscaled(greatest),
    unique_count: String(new Set(measured.map(({ distinct }) => distinct)).size),
    latest: unscaled(scaled(last?.value)),
  }[aggregation]
}

function roundedSlowly(text: string, fn: 'round' | 'ceil' | 'floor', precision: number): string {
  if (precision >= 12) return text
  const step = 10n ** BigInt(12 - precision)
  const number = scaled(text)
  const below = number - (((number % step) + step) % step)
  const above = below === number ? number : below + step
  const [toBelow, toAbove] = [number - below, above - number]
  const nearest = toBelow < toAbove ? below : toAbove < toBelow ? above : number < 0n ? below : above
  return unscaled({ floor: below, ceil: above, round: nearest }[fn])
}
