import { currencyDecimals } from '@billstream/kernel'

/** Minor units as people write them: 1250 USD is `12.50 USD`. */
export function moneyText(minor: string, currency: string): string {
  const places = currencyDecimals(currency)
  const [, sign = '', digits = ''] = /^(-?)(\d+)$/.exec(minor) ?? []
  const padded = digits.padStart(places + 1, '0')
  const whole = padded.slice(0, padded.length - places)
  return `${sign}${whole}${places > 0 ? `.${padded.slice(-places)}` : ''} ${currency}`
}
