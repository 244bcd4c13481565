import { decimal, formatDecimal } from '@billstream/kernel'

const PERCENT = decimal(100)
const FRACTION_PLACES_MAX = 6

/** This API's fraction, rounded to 6 places, as the core's percent: `0.2` is `20`. Source: rules/boxbilling.md, section 11. */
export function percentOf(fraction: string): string {
  const rounded = decimal(formatDecimal(decimal(fraction), { maxPlaces: FRACTION_PLACES_MAX }))
  return formatDecimal(rounded.times(PERCENT))
}
