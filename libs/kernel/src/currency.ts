import { code as findCurrency, data as currencyRecords } from 'currency-codes'
import { ok, refuse, type Result } from './result'

/** An ISO 4217 code in capitals. */
export type Currency = string

/** ISO 4217 gives these no minor unit ("N.A."): metals, bond units, testing, none. Nobody can be billed in them. */
const WITHOUT_MINOR_UNIT = new Set([
  ...['XAG', 'XAU', 'XPD', 'XPT', 'XBA', 'XBB', 'XBC', 'XBD', 'XDR', 'XSU', 'XUA', 'XTS', 'XXX'],
])

const DECIMALS = new Map(
  currencyRecords.filter(({ code }) => !WITHOUT_MINOR_UNIT.has(code)).map(({ code, digits }) => [code, digits]),
)

/** Reads an ISO 4217 code in any case. Error: `unknown_currency`, also for codes without a minor unit such as XAU. */
export function parseCurrency(text: unknown): Result<Currency, 'unknown_currency'> {
  const code = typeof text === 'string' && /^[A-Za-z]{3}$/.test(text) ? findCurrency(text)?.code : undefined
  if (code === undefined || !DECIMALS.has(code))
    return refuse('unknown_currency', 'This is not a currency of ISO 4217.')
  return ok(code)
}

/** Decimals of the minor unit: USD 2, JPY 0, KWD 3. Throws RangeError on a code that `parseCurrency` would refuse. */
export function currencyDecimals(currency: Currency): number {
  const decimals = DECIMALS.get(currency)
  if (decimals === undefined) throw new RangeError(`Unknown currency: ${currency}`)
  return decimals
}
