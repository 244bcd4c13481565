import { defineProjection, on, type EventOf, type RecordedEvent } from '@billstream/event-sourcing-core'
import {
  PlanArchived,
  PlanCreated,
  PlanRenamed,
  PlanVersioned,
  type PlanTerms,
} from '@billstream/subscriptions-contracts'
import { planView, type PlanRow } from './plan.view'

type Fold = (row: PlanRow | undefined) => PlanRow | undefined

/** The newest version of each plan; an archived one stays readable by id. Times are real ones: a plan is a setting. */
export const planProjection = defineProjection({
  name: 'subscriptions.plan',
  view: planView,
  version: 1,
  on: {
    ...on(PlanCreated, (event) => [{ id: event.data.planId, row: createdRow(event, event.data) }]),
    ...on(PlanRenamed, (event) => {
      const { name, description } = event.data
      return [change(event, { name, description })]
    }),
    ...on(PlanVersioned, (event) => {
      const { version, terms } = event.data
      return [change(event, { version, ...termsColumns(terms) })]
    }),
    ...on(PlanArchived, (event) => [change(event, { status: 'archived' })]),
  },
})

function change({ data, recordedAt }: RecordedEvent<string, { planId: string }>, columns: Partial<PlanRow>) {
  const fold: Fold = (row) => row && { ...row, ...columns, updated_at: recordedAt }
  return { id: data.planId, fold }
}

function createdRow({ metadata, recordedAt }: RecordedEvent, data: EventOf<typeof PlanCreated>['data']): PlanRow {
  const { planId, code, name, description, interval, version, terms } = data
  return {
    organization_id: metadata.organizationId,
    id: planId,
    code,
    name,
    description,
    interval,
    version,
    ...termsColumns(terms),
    status: 'active',
    created_at: recordedAt,
    updated_at: recordedAt,
  }
}

function termsColumns({ amount, currency, trialPeriodDays, charges }: PlanTerms) {
  return { amount_cents: amount, currency, trial_period_days: trialPeriodDays, charges } satisfies Partial<PlanRow>
}
