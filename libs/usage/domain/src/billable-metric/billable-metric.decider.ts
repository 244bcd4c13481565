import { ok, refuse, type Result } from '@billstream/kernel'
import { settingDecider, type EventOf } from '@billstream/event-sourcing-core'
import { BillableMetric } from '@billstream/usage-contracts'

export type MetricFields = EventOf<typeof BillableMetric.Defined>['data']['fields']

/** Gathered when a metric changes in what is read from its events. */
export interface ChangeMetricFacts {
  readonly hasEvents: boolean
}

/** Gathered when a metric is removed. */
export interface RemoveMetricFacts {
  readonly pricedByPlan: boolean
}

/**
 * A billable metric. Further refusals: `field_name_required`, `rounding_function_required`, `not_available` (recurring),
 * `metric_has_events` (field_name, recurring), `metric_in_use`. Source: rules/boxbilling.md, section 4.
 */
export const billableMetricDecider = settingDecider<MetricFields>(BillableMetric, {
  define: (fields) => soundFields(fields),
  change: (changes, present, facts) => changedFields(changes, present, facts as ChangeMetricFacts | undefined),
  remove: (_, facts) =>
    (facts as RemoveMetricFacts | undefined)?.pricedByPlan === true
      ? refuse('metric_in_use', 'A plan prices this metric.')
      : ok(undefined),
})

/** Rounding may change at any time: it is applied when a period is measured, never to stored usage. */
function changedFields(
  changes: Partial<MetricFields>,
  present: MetricFields,
  facts: ChangeMetricFacts | undefined,
): Result<unknown> {
  if (facts?.hasEvents === true) {
    if ('fieldName' in changes) return refuse('metric_has_events', 'The metric has events already.', 'field_name')
    if ('recurring' in changes) return refuse('metric_has_events', 'The metric has events already.', 'recurring')
  }
  return soundFields({ ...present, ...changes })
}

function soundFields(fields: MetricFields): Result<unknown> {
  const { aggregationType, fieldName, recurring, roundingFunction, roundingPrecision } = fields
  if (recurring) return refuse('not_available', 'Recurring metrics are not available yet.', 'recurring')
  if (aggregationType !== 'count' && !fieldName) {
    return refuse('field_name_required', `A metric of type ${aggregationType} reads a field.`, 'field_name')
  }
  if (roundingPrecision !== null && roundingFunction === null) {
    return refuse('rounding_function_required', 'A precision needs a rounding function.', 'rounding_function')
  }
  return ok(undefined)
}
