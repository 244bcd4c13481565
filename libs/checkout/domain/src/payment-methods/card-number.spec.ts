import fc from 'fast-check'
import { holdsCardNumber } from './card-number'

const VISA = '4242424242424242'

describe('a value', () => {
  it.each([
    [VISA],
    ['4242 4242 4242 4242'],
    ['4242-4242-4242-4242'],
    ['card 4242 4242 4242 4242 12 27, thanks'],
    [{ card: { number: VISA } }],
    [['x', { [VISA]: true }]],
    [4242424242424242],
    [{ isLosslessNumber: true, value: VISA }],
    ['378282246310005'],
  ])('with a full card number is found: %j', (value) => {
    expect(holdsCardNumber(value)).toBe(true)
  })

  it.each([
    [{ last4: '4242', brand: 'visa', exp_month: 12, exp_year: 2027 }],
    ['4242424242424241'],
    ['424242******4242'],
    ['pm_card_visa'],
    ['0190a6f2-8a5c-7c1e-9d3b-2f4a6b8c0d1e'],
    ['42424242424242424242'],
    [null],
    [true],
    [[]],
  ])('without one is let through: %j', (value) => {
    expect(holdsCardNumber(value)).toBe(false)
  })

  it('that is nested deeper than anybody looks counts as one', () => {
    const deep = Array.from({ length: 40 }).reduce<unknown>((inner) => ({ inner }), 'nothing')
    expect(holdsCardNumber(deep)).toBe(true)
  })
})

/** Doubles every second digit from the right, the second one first, as the standard words it. */
function checkDigit(payload: string): number {
  let sum = 0
  for (let index = 0; index < payload.length; index += 1) {
    const digit = Number(payload[payload.length - 1 - index])
    const doubled = index % 2 === 0 ? digit * 2 : digit
    sum += Math.floor(doubled / 10) + (doubled % 10)
  }
  return (10 - (sum % 10)) % 10
}

describe('any number of 13 to 19 digits', () => {
  it('is found exactly when its check digit is right', () => {
    const payload = fc.stringMatching(/^[1-9]\d{11,17}$/)
    fc.assert(
      fc.property(payload, fc.integer({ min: 0, max: 9 }), (digits, last) => {
        expect(holdsCardNumber(`${digits}${last}`)).toBe(last === checkDigit(digits))
      }),
    )
  })
})
