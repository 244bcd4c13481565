import { decimal, formatDecimal } from '@billstream/kernel'

const PLACES_MIN = 4
const PLACES_MAX = 12

/** Minor units as this API writes them: `"1080.0000"`. Source: rules/boxbilling.md, section 2. */
export function amountText(minor: string): string {
  return formatDecimal(decimal(minor), { minPlaces: PLACES_MIN })
}

/** Units and unit prices: at least 4 places, at most 12. Source: rules/boxbilling.md, section 2. */
export function exactText(number: string): string {
  return formatDecimal(decimal(number), { minPlaces: PLACES_MIN, maxPlaces: PLACES_MAX })
}
