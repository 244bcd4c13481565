import { currencyDecimals, parseCurrency } from './index'

describe('a currency', () => {
  it.each([
    ['usd', 'USD', 2],
    ['JPY', 'JPY', 0],
    ['Kwd', 'KWD', 3],
    ['CLF', 'CLF', 4],
    ['XOF', 'XOF', 0],
  ])('%s is %s with %d decimals', (text, code, decimals) => {
    expect(parseCurrency(text)).toEqual({ ok: true, value: code })
    expect(currencyDecimals(code)).toBe(decimals)
  })

  it.each(['', 'US', 'USDX', 'ABC', 'XAU', 'XXX', 'XTS', 'ſgd', ' USD', null, 5])('%p is refused', (text) =>
    expect(parseCurrency(text)).toMatchObject({ ok: false, error: { code: 'unknown_currency' } }),
  )

  it('has no decimals when it is unknown', () => expect(() => currencyDecimals('XAU')).toThrow(RangeError))
})
