import { Type, type Static } from '@sinclair/typebox'
import { defineSetting, Field } from '@billstream/event-sourcing-core'

const { text, orNull, integer, boolean } = Field

export const Aggregation = Type.Union([
  Type.Literal('count'),
  Type.Literal('sum'),
  Type.Literal('max'),
  Type.Literal('unique_count'),
  Type.Literal('latest'),
])
export type Aggregation = Static<typeof Aggregation>
export const RoundingFunction = Type.Union([Type.Literal('round'), Type.Literal('ceil'), Type.Literal('floor')])

/** A billable metric. Guards: `field_name` not once there are events (409 `metric_has_events`), remove not while a plan prices it (`metric_in_use`). */
export const BillableMetric = defineSetting({
  name: 'BillableMetric',
  context: 'usage',
  category: 'billable-metric',
  fields: Type.Object({
    code: text,
    name: text,
    description: orNull(text),
    aggregationType: Aggregation,
    fieldName: orNull(text),
    recurring: boolean,
    roundingFunction: orNull(RoundingFunction),
    roundingPrecision: orNull(integer),
  }),
  unique: ['code'],
  immutable: ['code', 'aggregationType'],
})
