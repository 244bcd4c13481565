import { ok, type Ok, type Refused } from '@billstream/kernel'
import type { ChargeModel, PriceRange } from '../charge-model'
import { type ChargeRefusal, type ChargeRefusalCode, ChargeRefusals } from './charge-refusal'
import { PACKAGE_SIZE, PRICE, PropertyReader, UNITS } from './property-reader'
import { FROM_TO_FORM, readRanges, UP_TO_FORM } from './ranges'

/** A `Result` whose refusal is the first of `errors`: all invalid fields, in the order in which they were read. */
export type ChargeParsing =
  Ok<ChargeModel> | (Refused<ChargeRefusalCode> & { readonly errors: readonly ChargeRefusal[] })

/** Amounts and counts come from events, so these two are taken and mean nothing. */
const IGNORED = ['base_amount', 'event_count']
const NOT_AVAILABLE = ['percentage', 'graduated_percentage', 'custom', 'dynamic']

interface ModelReader {
  readonly keys: readonly string[]
  readonly read: (reader: PropertyReader) => ChargeModel
}

const MODELS: Readonly<Record<ChargeModel['model'], ModelReader>> = {
  standard: { keys: ['amount', 'unit_price', 'min_price', 'max_price'], read: readStandard },
  graduated: { keys: ['graduated_ranges', 'tiers'], read: (reader) => readRanged(reader, 'graduated') },
  volume: { keys: ['volume_ranges', 'tiers'], read: (reader) => readRanged(reader, 'volume') },
  package: { keys: ['amount', 'unit_price', 'package_size', 'free_units'], read: readPackage },
}

/**
 * Reads the `properties` of a charge, in both forms of BoxBilling, into the core's form. Numbers may come as text, JS numbers,
 * bigints or JSON numbers that kept their text, and are read exactly. A price that is not given is 0.
 * Refusals name their field from the charge's root (`charge_model`, `properties.graduated_ranges.1.from_value`), behind `prefix`
 * (`charges.0.`). Source: rules/boxbilling.md, section 5.
 */
export function parseChargeProperties(
  chargeModel: string,
  properties: Readonly<Record<string, unknown>>,
  prefix = '',
): ChargeParsing {
  const refusals = new ChargeRefusals()
  const model = isModel(chargeModel) ? MODELS[chargeModel] : undefined
  if (model === undefined) {
    refuseModel(chargeModel, `${prefix}charge_model`, refusals)
    return refusedBy(refusals.all)
  }
  const reader = new PropertyReader(properties, `${prefix}properties`, refusals)
  reader.refuseUnknownKeys([...model.keys, ...IGNORED])
  const charge = model.read(reader)
  return refusals.all.length === 0 ? ok(charge) : refusedBy(refusals.all)
}

function isModel(chargeModel: string): chargeModel is ChargeModel['model'] {
  return Object.hasOwn(MODELS, chargeModel)
}

function refuseModel(chargeModel: string, field: string, refusals: ChargeRefusals): void {
  if (NOT_AVAILABLE.includes(chargeModel)) {
    refusals.add('not_available', `The charge model ${chargeModel} is not available yet.`, field)
  } else {
    refusals.add('unknown_charge_model', 'There is no such charge model.', field)
  }
}

function refusedBy(errors: readonly ChargeRefusal[]): ChargeParsing {
  const [error] = errors
  if (error === undefined) throw new TypeError('A refusal needs a reason.')
  return { ok: false, error, errors }
}

function readStandard(reader: PropertyReader): ChargeModel {
  return {
    model: 'standard',
    unitPrice: reader.price('amount', 'unit_price'),
    minAmount: reader.textOr('min_price', PRICE, null),
    maxAmount: reader.textOr('max_price', PRICE, null),
  }
}

function readPackage(reader: PropertyReader): ChargeModel {
  return {
    model: 'package',
    packagePrice: reader.price('amount', 'unit_price'),
    size: reader.textOr('package_size', PACKAGE_SIZE, '1'),
    freeUnits: reader.textOr('free_units', UNITS, '0'),
  }
}

/** Ranges that are not given at all price every unit at 0, as a price that is not given does. */
function readRanged(reader: PropertyReader, model: 'graduated' | 'volume'): ChargeModel {
  const ranges = readRanges(reader, `${model}_ranges`, FROM_TO_FORM)
  const tiers = readRanges(reader, 'tiers', UP_TO_FORM)
  if (ranges && tiers && !areEqual(ranges, tiers)) {
    reader.refuse('property_conflict', `This differs from ${model}_ranges, which means the same.`, 'tiers')
  }
  return { model, ranges: ranges ?? tiers ?? [{ upTo: null, unitPrice: '0', flatAmount: '0' }] }
}

function areEqual(ranges: readonly PriceRange[], others: readonly PriceRange[]): boolean {
  return JSON.stringify(ranges) === JSON.stringify(others)
}
