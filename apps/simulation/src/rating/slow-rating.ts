import type { IngestEvent } from '@billstream/usage-contracts'
import type { MetricSetting, RangeSetting } from '../story/story'
import { dividedDown, dividedRounded, dividedUp, greatest, least, ONE, scaled, type Scaled } from './scaled-decimal'

/** The same question as rating answers, answered event by event and unit range by unit range, with other arithmetic. */
export function slowUnits(metric: MetricSetting, events: readonly IngestEvent[]): Scaled {
  const exact = valueOf(metric, events)
  return metric.rounding === null ? exact : rounded(exact, metric.rounding)
}

/** Minor units, rounded once. properties: as the public API takes them. */
export function slowFee(model: string, properties: Readonly<Record<string, unknown>>, units: Scaled): bigint {
  return dividedRounded(exactCost(model, properties, units), ONE * ONE)
}

function valueOf({ aggregation }: MetricSetting, events: readonly IngestEvent[]): Scaled {
  const values = [...events].sort(byTime).map(({ properties }) => properties.slice('{"value":'.length, -1))
  switch (aggregation) {
    case 'count':
      return BigInt(events.length) * ONE
    case 'unique_count':
      return BigInt(new Set(values.map((value) => scaled(value).toString())).size) * ONE
    case 'sum':
      return values.reduce((sum, value) => sum + scaled(value), 0n)
    case 'max':
      return values.length === 0 ? 0n : values.map(scaled).reduce(greatest)
    case 'latest':
      return scaled(values.at(-1) ?? '0')
  }
}

function byTime(a: IngestEvent, b: IngestEvent): number {
  const [first, second] = [Date.parse(a.timestamp), Date.parse(b.timestamp)]
  return first - second || Buffer.compare(Buffer.from(a.transactionId), Buffer.from(b.transactionId))
}

function rounded(value: Scaled, { fn, precision }: NonNullable<MetricSetting['rounding']>): Scaled {
  const step = ONE / 10n ** BigInt(precision)
  const divide = { round: dividedRounded, ceil: dividedUp, floor: dividedDown }[fn]
  return divide(value, step) * step
}

/** In 10^-24 minor units. */
function exactCost(model: string, properties: Readonly<Record<string, unknown>>, units: Scaled): bigint {
  const text = (name: string, otherwise: string): Scaled =>
    scaled((properties[name] as string | undefined) ?? otherwise)
  switch (model) {
    case 'standard': {
      const lifted =
        properties['min_price'] === undefined
          ? units * text('amount', '0')
          : greatest(units * text('amount', '0'), text('min_price', '0') * ONE)
      return properties['max_price'] === undefined ? lifted : least(lifted, text('max_price', '0') * ONE)
    }
    case 'package': {
      const packages = dividedUp(greatest(0n, units - text('free_units', '0')), text('package_size', '1'))
      return packages * text('amount', '0') * ONE
    }
    case 'graduated':
      return (properties['graduated_ranges'] as RangeSetting[]).reduce((sum, range) => sum + partCost(range, units), 0n)
    case 'volume': {
      const ranges = properties['volume_ranges'] as RangeSetting[]
      const range = ranges.find(({ to_value }) => to_value === null || units <= scaled(to_value))
      return range && units > 0n ? units * scaled(range.per_unit_amount) + scaled(range.flat_amount) * ONE : 0n
    }
    default:
      throw new RangeError(`The simulation cannot price ${model}.`)
  }
}

function partCost({ from_value, to_value, per_unit_amount, flat_amount }: RangeSetting, units: Scaled): bigint {
  const from = scaled(from_value)
  const part = (to_value === null ? units : least(units, scaled(to_value))) - from
  return part > 0n ? part * scaled(per_unit_amount) + scaled(flat_amount) * ONE : 0n
}
