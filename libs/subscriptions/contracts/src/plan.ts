import { Type, type Static } from '@sinclair/typebox'
import { defineCommand, defineEvent, Field, type CommandOf, type EventOf } from '@billstream/event-sourcing-core'

const { id, text, orNull, integer, minor, currency, object } = Field
const target = { context: 'subscriptions', category: 'plan', aggregateId: (d: { planId: string }) => d.planId } as const

export const PlanInterval = Type.Union([
  Type.Literal('weekly'),
  Type.Literal('monthly'),
  Type.Literal('quarterly'),
  Type.Literal('yearly'),
])
export type PlanInterval = Static<typeof PlanInterval>

/** A charge as it was validated: `properties` as sent (read back so), `model` the normal form that is priced (rating's ChargeModel). */
export const PlanCharge = Type.Object({
  chargeId: id,
  metricId: id,
  metricCode: text,
  metricName: text,
  chargeModel: text,
  properties: object,
  model: object,
})
export type PlanCharge = Static<typeof PlanCharge>

/** What an edit makes a new version of. */
export const PlanTerms = Type.Object({
  amount: minor,
  currency,
  trialPeriodDays: integer,
  charges: Type.Array(PlanCharge),
})
export type PlanTerms = Static<typeof PlanTerms>

/** Facts (gathered): the metrics of the charges. Refusals: `code_taken`, `metric_not_found`, those of rating's parser with the field. */
const ChargeInput = Type.Object({ metricId: id, chargeModel: text, properties: object })

export const CreatePlan = defineCommand(
  'CreatePlan',
  { ...target, creates: true },
  Type.Object({
    planId: id,
    code: text,
    name: text,
    description: orNull(text),
    interval: PlanInterval,
    amount: minor,
    currency,
    trialPeriodDays: integer,
    charges: Type.Array(ChargeInput),
  }),
)
export const ChangePlan = defineCommand(
  'ChangePlan',
  target,
  Type.Object({
    planId: id,
    changes: Type.Partial(
      Type.Object({
        name: text,
        description: orNull(text),
        amount: minor,
        currency,
        trialPeriodDays: integer,
        charges: Type.Array(ChargeInput),
      }),
    ),
  }),
)
/** Refusal `plan_in_use` while a subscription has not ended; else the plan is archived. */
export const ArchivePlan = defineCommand('ArchivePlan', target, Type.Object({ planId: id }))

export const PlanCreated = defineEvent(
  'PlanCreated',
  Type.Object({
    planId: id,
    code: text,
    name: text,
    description: orNull(text),
    interval: PlanInterval,
    version: integer,
    terms: PlanTerms,
  }),
)
/** Name or description: no new version. */
export const PlanRenamed = defineEvent(
  'PlanRenamed',
  Type.Object({ planId: id, name: text, description: orNull(text) }),
)
export const PlanVersioned = defineEvent(
  'PlanVersioned',
  Type.Object({ planId: id, name: text, interval: PlanInterval, version: integer, terms: PlanTerms }),
)
export const PlanArchived = defineEvent('PlanArchived', Type.Object({ planId: id }))

export type PlanCommand = CommandOf<typeof CreatePlan> | CommandOf<typeof ChangePlan> | CommandOf<typeof ArchivePlan>
export type PlanEvent =
  | EventOf<typeof PlanCreated>
  | EventOf<typeof PlanRenamed>
  | EventOf<typeof PlanVersioned>
  | EventOf<typeof PlanArchived>
