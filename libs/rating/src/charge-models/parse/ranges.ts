import { type Decimal, formatDecimal } from '@billstream/kernel'
import type { PriceRange } from '../charge-model'
import type { ChargeRefusalCode } from './charge-refusal'
import { PRICE, type PropertyReader, UNITS } from './property-reader'

/** Ranges of one charge. Source: rules/boxbilling.md, section 2, bounds. */
export const RANGES_PER_CHARGE_MAX = 100

/** The names of a range's members. Form B has no lower bound: it is the upper bound before. */
export interface RangeForm {
  readonly from?: string
  readonly upTo: string
  readonly unitPrice: string
}

export const FROM_TO_FORM: RangeForm = { from: 'from_value', upTo: 'to_value', unitPrice: 'per_unit_amount' }
export const UP_TO_FORM: RangeForm = { upTo: 'up_to', unitPrice: 'unit_price' }
const FLAT_AMOUNT = 'flat_amount'

interface SentRange {
  readonly reader: PropertyReader
  readonly from: Decimal | undefined
  /** Undefined: open. */
  readonly upTo: Decimal | undefined
  readonly price: PriceRange
  readonly boundsAreRead: boolean
}

/**
 * Reads the list of ranges under a name, sorts it and checks that it holds all units above 0 once: each begins at the previous
 * end or that plus 1 (the first at 0 or 1; not given, it is derived), bounds rise, the last one and only it is open.
 * Undefined when the list is not given or is none. Refusals name a range by its place as sent.
 */
export function readRanges(parent: PropertyReader, name: string, form: RangeForm): readonly PriceRange[] | undefined {
  const list: unknown = parent.given(name)
  if (list === undefined) return undefined
  if (!isBoundedList(list, parent, name)) return undefined
  const ranges = list.flatMap((item, index) => readRange(parent.inner(`${name}.${index}`, item), form))
  const complete = ranges.length === list.length && ranges.every(({ boundsAreRead }) => boundsAreRead)
  ranges.sort(byUpperBound)
  // A bound that could not be read would only make its neighbours look wrong.
  if (complete)
    ranges.forEach((range, index) => checkBounds(range, ranges[index - 1], form, index === ranges.length - 1))
  return ranges.map(({ price }) => price)
}

function isBoundedList(list: unknown, parent: PropertyReader, name: string): list is readonly unknown[] {
  const refused = (code: ChargeRefusalCode, message: string) => {
    parent.refuse(code, message, name)
    return false
  }
  if (!Array.isArray(list)) return refused('ranges_not_a_list', 'This must be a list of ranges.')
  if (list.length === 0) return refused('last_range_not_open', 'The last range must be open.')
  if (list.length <= RANGES_PER_CHARGE_MAX) return true
  return refused('too_many_ranges', `A charge has at most ${RANGES_PER_CHARGE_MAX} ranges.`)
}

function readRange(reader: PropertyReader | undefined, form: RangeForm): SentRange[] {
  if (reader === undefined) return []
  reader.refuseUnknownKeys([form.from ?? form.upTo, form.upTo, form.unitPrice, FLAT_AMOUNT])
  const from = form.from === undefined ? undefined : reader.number(form.from, UNITS)
  const upTo = reader.number(form.upTo, UNITS)
  const price = {
    upTo: upTo === undefined ? null : formatDecimal(upTo),
    unitPrice: reader.textOr(form.unitPrice, PRICE, '0'),
    flatAmount: reader.textOr(FLAT_AMOUNT, PRICE, '0'),
  }
  const boundsAreRead = ![form.from ?? form.upTo, form.upTo].some((bound) => reader.isRefused(bound))
  return [{ reader, from, upTo, price, boundsAreRead }]
}

function byUpperBound(a: SentRange, b: SentRange): number {
  if (a.upTo === undefined) return b.upTo === undefined ? 0 : 1
  return b.upTo === undefined ? -1 : a.upTo.comparedTo(b.upTo)
}

function checkBounds(range: SentRange, previous: SentRange | undefined, form: RangeForm, isLast: boolean): void {
  const { reader, upTo } = range
  if (isLast && upTo) reader.refuse('last_range_not_open', 'The last range must be open.', form.upTo)
  if (!isLast && !upTo) reader.refuse('range_open_before_last', 'Only the last range may be open.', form.upTo)
  // The end of an open range that is not the last is unknown, and that range has been refused.
  if (previous && !previous.upTo) return
  checkUpperBound(range, previous?.upTo, form)
  checkLowerBound(range, previous?.upTo, form)
}

function checkUpperBound({ reader, from, upTo }: SentRange, previous: Decimal | undefined, form: RangeForm): void {
  if (upTo === undefined) return
  if (previous?.equals(upTo)) reader.refuse('range_overlap', 'Another range ends here too.', form.upTo)
  if (upTo.isZero() || from?.greaterThan(upTo)) {
    reader.refuse('range_bounds_not_rising', 'A range must end above its beginning.', form.upTo)
  }
}

/** 0-10, 11-20 and 0-10, 10-20 mean the same: each range holds what is above the previous end. */
function checkLowerBound({ reader, from }: SentRange, previous: Decimal | undefined, form: RangeForm): void {
  if (from === undefined || form.from === undefined) return
  const distance = from.minus(previous ?? 0)
  if (distance.isZero() || distance.equals(1)) return
  const code = distance.isNegative() ? 'range_overlap' : 'range_gap'
  reader.refuse(code, 'A range begins at the previous end or that plus 1, the first at 0 or 1.', form.from)
}
