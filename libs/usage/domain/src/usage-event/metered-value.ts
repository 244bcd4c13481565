import { assertNever, formatDecimal, ok, parseDecimal, refuse, type Result } from '@billstream/kernel'
import { distinctOf } from '@billstream/rating'
import type { Aggregation } from '@billstream/usage-contracts'
import { isPlainObject } from './canonical-json'

/** What a metric reads from its events. */
export interface MeteredMetric {
  readonly aggregation: Aggregation
  /** Name of a member of the properties; null when the metric only counts. */
  readonly fieldName: string | null
}

export interface MeteredValue {
  /** Exact decimal of at most 12 places, for metrics that add, compare or keep a number. */
  readonly value: string | null
  /** Canonical JSON, for metrics that count distinct values. */
  readonly distinct: string | null
}

export type MeteredRefusal = 'field_missing' | 'field_not_numeric' | 'field_out_of_range' | 'field_not_countable'

const NOTHING_READ: MeteredValue = { value: null, distinct: null }

/**
 * Reads the metric's field from the properties. Errors name `properties.<field>`: `field_missing`, `field_not_numeric` and
 * `field_out_of_range` (more than 18 digits before the point) of numbers; `field_not_countable` of distinct values that are
 * neither text, number nor boolean. Source: domain.md, sections 2 and 5.
 */
export function meteredValue(
  { aggregation, fieldName }: MeteredMetric,
  properties: Readonly<Record<string, unknown>>,
): Result<MeteredValue, MeteredRefusal> {
  if (aggregation === 'count' || fieldName === null) return ok(NOTHING_READ)
  const field = `properties.${fieldName}`
  const sent = Object.hasOwn(properties, fieldName) ? properties[fieldName] : undefined
  if (sent === undefined || sent === null) return refuse('field_missing', `The metric reads ${field}.`, field)
  switch (aggregation) {
    case 'sum':
    case 'max':
    case 'latest':
      return numericValue(sent, field)
    case 'unique_count':
      return distinctValue(sent, field)
    default:
      return assertNever(aggregation)
  }
}

function numericValue(sent: unknown, field: string): Result<MeteredValue, MeteredRefusal> {
  const number = parseDecimal(isPlainObject(sent) ? undefined : sent)
  if (number.ok) return ok({ value: formatDecimal(number.value), distinct: null })
  const { code, message } = number.error
  return refuse(code === 'not_a_number' ? 'field_not_numeric' : 'field_out_of_range', message, field)
}

function distinctValue(sent: unknown, field: string): Result<MeteredValue, MeteredRefusal> {
  const distinct = isPlainObject(sent) ? undefined : distinctOf(sent)
  if (distinct !== undefined) return ok({ value: null, distinct })
  return refuse('field_not_countable', 'This must be text, a boolean or a number of at most 18 digits.', field)
}
