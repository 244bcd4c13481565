import { Type, type Static } from '@sinclair/typebox'
import {
  defineCommand,
  defineEvent,
  Field,
  PeriodField,
  type CommandOf,
  type EventOf,
} from '@billstream/event-sourcing-core'
import { Aggregation, RoundingFunction } from './metric'

const { id, text, integer, decimal, object, orNull } = Field
const target = {
  context: 'usage',
  category: 'measurement',
  aggregateId: (d: { measurementId: string }) => d.measurementId,
} as const

/** Why a period is measured: for its draft, again for a draft whose usage changed, for the last time at finalisation, or a correction after the subscription's end. */
export const MeasurePurpose = Type.Union([Type.Literal('draft'), Type.Literal('refresh'), Type.Literal('final')])

/** The exact parts of every aggregation, as rating's MeasuredUsage. */
export const MeasuredParts = Type.Object({
  eventsCount: integer,
  sum: decimal,
  max: orNull(decimal),
  latest: orNull(decimal),
  uniqueCount: integer,
})

/** One charge of the plan version: what was counted and the units that follow (aggregation and rounding applied). */
export const MeasuredCharge = Type.Object({
  chargeId: id,
  metricId: id,
  metricCode: text,
  aggregation: Aggregation,
  rounding: orNull(Type.Object({ fn: RoundingFunction, precision: integer })),
  parts: MeasuredParts,
  units: decimal,
})
export type MeasuredCharge = Static<typeof MeasuredCharge>

/** An earlier period of the same subscription whose usage changed after its invoice was finalized: measured again whole. */
export const MeasuredCorrection = Type.Object({
  invoiceId: id,
  period: PeriodField,
  planId: id,
  planVersion: integer,
  charges: Type.Array(MeasuredCharge),
})
export type MeasuredCorrection = Static<typeof MeasuredCorrection>

const request = {
  measurementId: id,
  purpose: MeasurePurpose,
  /** v5 of the boundary's event id: `invoiceIdOf`. */
  invoiceId: id,
  subscriptionId: id,
  customerId: id,
  externalCustomerId: text,
  externalSubscriptionId: text,
  planId: id,
  planVersion: integer,
  period: orNull(PeriodField),
}

/** Facts (gathered): the plan version's charges, their metrics, earlier changed periods, and the measurement itself, stored by id. */
export const MeasurePeriod = defineCommand(
  'MeasurePeriod',
  { ...target, creates: true },
  Type.Object({ ...request, boundary: Type.Unknown() }),
)

/** A recorded fact: the same measurement id gives the same numbers for ever. `boundary` is passed through from the request. */
export const PeriodMeasured = defineEvent(
  'PeriodMeasured',
  Type.Object({
    ...request,
    boundary: Type.Unknown(),
    watermark: text,
    charges: Type.Array(MeasuredCharge),
    corrections: Type.Array(MeasuredCorrection),
  }),
)

const changeTarget = {
  context: 'usage',
  category: 'measured-period',
  aggregateId: (d: { invoiceId: string }) => d.invoiceId,
} as const
const change = {
  invoiceId: id,
  subscriptionId: id,
  customerExternalId: text,
  period: PeriodField,
  change: integer,
  /** The measured request, as its first measurement was asked for: measuring again repeats it. */
  measured: object,
}
/** Usage arrived in a period after it was measured. Counted per period; a repeat of one change records nothing. */
export const NotePeriodChange = defineCommand('NotePeriodChange', changeTarget, Type.Object(change))
export const MeasuredPeriodChanged = defineEvent('MeasuredPeriodChanged', Type.Object(change))

export type MeasurementCommand = CommandOf<typeof MeasurePeriod>
export type MeasurementEvent = EventOf<typeof PeriodMeasured>
export type MeasuredPeriodCommand = CommandOf<typeof NotePeriodChange>
export type MeasuredPeriodEvent = EventOf<typeof MeasuredPeriodChanged>
