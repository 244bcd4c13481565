import fc from 'fast-check'
import { parseChargeProperties } from '../../index'

const read = (model: string, properties: Record<string, unknown>) => {
  const parsed = parseChargeProperties(model, properties)
  return parsed.ok ? parsed.value : parsed.errors
}
const range = (from: number, to: number | null, price: string) => ({
  from_value: from,
  to_value: to,
  per_unit_amount: price,
})

describe('any properties', () => {
  const keys = fc.constantFrom(
    'amount',
    'unit_price',
    'tiers',
    'graduated_ranges',
    'volume_ranges',
    'package_size',
    'free_units',
    'min_price',
  )
  const models = fc.constantFrom('standard', 'graduated', 'volume', 'package')

  it('are read or refused by field, never thrown at', () => {
    const inner = fc.dictionary(
      fc.constantFrom('from_value', 'to_value', 'up_to', 'per_unit_amount', 'flat_amount', 'unit_price'),
      fc.jsonValue(),
    )
    const value = fc.oneof(fc.jsonValue(), fc.array(inner, { maxLength: 4 }), fc.double())
    fc.assert(
      fc.property(models, fc.dictionary(keys, value), (model, properties) => {
        const parsed = parseChargeProperties(model, properties)
        if (!parsed.ok) expect(parsed.errors.every(({ field }) => field?.startsWith('properties.'))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('mean the same as ranges, as ranges with steps of 1 and as tiers, in any order', () => {
    const bounds = fc
      .uniqueArray(fc.integer({ min: 1, max: 1000 }), { maxLength: 6 })
      .map((all) => all.sort((a, b) => a - b))
    fc.assert(
      fc.property(bounds, fc.constantFrom('graduated', 'volume'), (ends, model) => {
        const all = [...ends, null]
        const price = (index: number) => String(index + 1)
        const form = (step: number) =>
          all.map((to, index) => range(index === 0 ? 0 : (all[index - 1] ?? 0) + step, to, price(index)))
        const forms = [
          { [`${model}_ranges`]: form(0) },
          { [`${model}_ranges`]: form(1).reverse() },
          { tiers: all.map((up_to, index) => ({ up_to, unit_price: price(index) })) },
        ].map((properties) => read(model, properties))
        expect(forms[1]).toEqual(forms[0])
        expect(forms[2]).toEqual(forms[0])
        expect(forms[0]).toMatchObject({ model })
      }),
    )
  })
})
