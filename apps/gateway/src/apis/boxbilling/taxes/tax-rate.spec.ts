import { rateText } from '@billstream/apis-boxbilling'
import { percentOf } from './tax-rate'

describe('a tax rate', () => {
  it.each([
    ['0.2', '20', '0.2000'],
    ['0', '0', '0.0000'],
    ['1', '100', '1.0000'],
    ['0.08099999999999999', '8.1', '0.0810'],
    ['0.055', '5.5', '0.0550'],
    ['0.123456', '12.3456', '0.123456'],
  ])('%s is %s percent and shown as %s', (fraction, percent, shown) => {
    expect(percentOf(fraction)).toBe(percent)
    expect(rateText(percent)).toBe(shown)
  })
})
