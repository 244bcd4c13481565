import { Decimal, decimal, formatDecimal } from '@billstream/kernel'
import fc from 'fast-check'
import { type ChargeModel, priceCharge, type PriceRange } from '../index'

/** The slow second implementation counts in millionths of a unit and of a minor unit, with bigint only. */
const MILLION = 1_000_000n
const micro = (text: string) => BigInt(decimal(text).times(1e6).toFixed())
const amountOf = (trillionths: bigint) => formatDecimal(decimal(`${trillionths}e-12`))

const price = fc.integer({ min: 0, max: 10 ** 9 }).map((millionths) => formatDecimal(decimal(`${millionths}e-6`)))
const units = fc.oneof(
  fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((millionths) => formatDecimal(decimal(`${millionths}e-6`))),
  fc.integer({ min: 0, max: 60 }).map(String),
)
const ranges = fc
  .uniqueArray(fc.integer({ min: 1, max: 50 }), { maxLength: 6 })
  .chain((bounds) =>
    fc.tuple(
      fc.constant([...bounds].sort((a, b) => a - b)),
      fc.array(fc.tuple(price, price), { minLength: 7, maxLength: 7 }),
    ),
  )
  .map(([bounds, prices]) =>
    [...bounds.map(String), null].map((upTo, index): PriceRange => {
      const [unitPrice = '0', flatAmount = '0'] = prices[index] ?? []
      return { upTo, unitPrice, flatAmount }
    }),
  )
const limit = fc.option(price)
const model: fc.Arbitrary<ChargeModel> = fc.oneof(
  fc.record({ model: fc.constant('standard' as const), unitPrice: price, minAmount: limit, maxAmount: limit }),
  fc.record({ model: fc.constant('graduated' as const), ranges }),
  fc.record({ model: fc.constant('volume' as const), ranges }),
  fc.record({
    model: fc.constant('package' as const),
    packagePrice: price,
    size: fc.integer({ min: 1, max: 10 ** 8 }).map((millionths) => formatDecimal(decimal(`${millionths}e-6`))),
    freeUnits: price,
  }),
)

describe('any charge', () => {
  it('costs what a slow second way says', () => {
    fc.assert(
      fc.property(model, units, (charge, used) => {
        expect(formatDecimal(priceCharge(charge, decimal(used)).amount)).toBe(amountOf(slowPrice(charge, micro(used))))
      }),
      { numRuns: 2000 },
    )
  })

  it('is explained by steps that add up to it', () => {
    fc.assert(
      fc.property(model, units, (charge, used) => {
        const { amount, steps } = priceCharge(charge, decimal(used))
        const sum = steps.reduce((total, step) => total.plus(step.amount), new Decimal(0))
        expect(formatDecimal(sum)).toBe(formatDecimal(amount))
      }),
    )
  })

  it('is the same after it was stored', () => {
    fc.assert(
      fc.property(model, units, (charge, used) => {
        const stored = JSON.parse(JSON.stringify(charge)) as ChargeModel
        expect(priceCharge(stored, decimal(used))).toEqual(priceCharge(charge, decimal(used)))
      }),
    )
  })
})

/** used: millionths of a unit. Gives trillionths of a minor unit. */
function slowPrice(charge: ChargeModel, used: bigint): bigint {
  switch (charge.model) {
    case 'standard': {
      const priced = used * micro(charge.unitPrice)
      const lifted =
        charge.minAmount === null || priced >= micro(charge.minAmount) * MILLION
          ? priced
          : micro(charge.minAmount) * MILLION
      return charge.maxAmount === null || lifted <= micro(charge.maxAmount) * MILLION
        ? lifted
        : micro(charge.maxAmount) * MILLION
    }
    case 'graduated':
      return slowGraduated(charge.ranges, used)
    case 'volume': {
      if (used <= 0n) return 0n
      const range = charge.ranges.find(({ upTo }) => upTo === null || used <= micro(upTo))
      return range ? used * micro(range.unitPrice) + micro(range.flatAmount) * MILLION : 0n
    }
    case 'package': {
      let packages = 0n
      const beyond = used - micro(charge.freeUnits)
      // Whole blocks first, else a million packages would be counted one by one.
      if (beyond > 0n) packages = beyond / micro(charge.size)
      while (packages * micro(charge.size) < beyond) packages += 1n
      return packages * micro(charge.packagePrice) * MILLION
    }
  }
}

/** Fills the ranges one after another from a pool of units. */
function slowGraduated(all: readonly PriceRange[], used: bigint): bigint {
  let pool = used
  let filled = 0n
  let amount = 0n
  for (const { upTo, unitPrice, flatAmount } of all) {
    const room = upTo === null ? pool : micro(upTo) - filled
    const taken = pool < room ? pool : room
    if (taken <= 0n) continue
    amount += taken * micro(unitPrice) + micro(flatAmount) * MILLION
    pool -= taken
    filled += taken
  }
  return amount
}
