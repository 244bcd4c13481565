import { assertNever, ok, refuse, type Result } from '@billstream/kernel'
import type { CommandOf, Decider } from '@billstream/event-sourcing-core'
import {
  ArchivePlan,
  ChangePlan,
  CreatePlan,
  PlanArchived,
  PlanCreated,
  PlanRenamed,
  PlanVersioned,
  type PlanCommand,
  type PlanEvent,
} from '@billstream/subscriptions-contracts'
import { evolvePlan, noPlan, type ActivePlan, type PlanState } from './plan.state'
import { checkTerms, type PlanFacts } from './plan-terms'

/** Whether a subscription of the plan has not ended. */
export interface ArchivePlanFacts {
  readonly inUse: boolean
}

/**
 * A plan and its versions. Refusals: `plan_exists`, `plan_not_found`, `plan_in_use`, `code_taken`, and those of `checkTerms`.
 * An archived plan frees its code. Source: rules/boxbilling.md sections 5 and 6.
 */
export const planDecider: Decider<PlanState, PlanCommand, PlanEvent> = {
  category: 'plan',
  commands: [CreatePlan, ChangePlan, ArchivePlan],
  events: [PlanCreated, PlanRenamed, PlanVersioned, PlanArchived],
  initial: noPlan,
  foldVersion: 1,
  decide(command, state) {
    switch (command.type) {
      case 'CreatePlan':
        return createPlan(command, state)
      case 'ChangePlan':
        return changePlan(command, state)
      case 'ArchivePlan':
        return archivePlan(command, state)
      default:
        return assertNever(command)
    }
  },
  evolve: evolvePlan,
  claims: (state) => (state.status === 'active' ? [{ kind: 'plan-code', key: state.code }] : []),
  claimTaken: ({ key }) => ({ code: 'code_taken', message: `The code ${key} is taken.`, field: 'code' }),
}

function createPlan({ data, metadata, facts }: CommandOf<typeof CreatePlan>, state: PlanState): Result<PlanEvent[]> {
  if (state.status !== 'none') return refuse('plan_exists', 'This plan exists already.')
  const { planId, code, name, description, interval } = data
  const context = { commandId: metadata.commandId, facts: facts as PlanFacts, present: [] }
  const terms = checkTerms(data, context)
  if (!terms.ok) return terms
  return ok([PlanCreated({ planId, code, name, description, interval, version: 1, terms: terms.value })])
}

function changePlan(command: CommandOf<typeof ChangePlan>, state: PlanState): Result<PlanEvent[]> {
  if (state.status !== 'active') return refuse('plan_not_found', 'There is no such plan.')
  const versioned = nextVersion(command, state)
  return versioned.ok ? ok([...renamed(command, state), ...versioned.value]) : versioned
}

function renamed({ data }: CommandOf<typeof ChangePlan>, { planId, ...present }: ActivePlan): PlanEvent[] {
  const name = data.changes.name ?? present.name
  const description = data.changes.description === undefined ? present.description : data.changes.description
  if (name === present.name && description === present.description) return []
  return [PlanRenamed({ planId, name, description })]
}

/** An edit that changes nothing of the terms makes no version. */
function nextVersion(command: CommandOf<typeof ChangePlan>, plan: ActivePlan): Result<PlanEvent[]> {
  const { amount, currency, trialPeriodDays, charges, name = plan.name } = command.data.changes
  const input = {
    amount: amount ?? plan.terms.amount,
    currency: currency ?? plan.terms.currency,
    trialPeriodDays: trialPeriodDays ?? plan.terms.trialPeriodDays,
    charges,
  }
  const { commandId } = command.metadata
  const terms = checkTerms(input, { commandId, facts: command.facts as PlanFacts, present: plan.terms.charges })
  if (!terms.ok) return terms
  if (JSON.stringify(terms.value) === JSON.stringify(plan.terms)) return ok([])
  const { planId, interval } = plan
  return ok([PlanVersioned({ planId, name, interval, version: plan.version + 1, terms: terms.value })])
}

function archivePlan({ facts }: CommandOf<typeof ArchivePlan>, state: PlanState): Result<PlanEvent[]> {
  if (state.status !== 'active') return refuse('plan_not_found', 'There is no such plan.')
  if ((facts as ArchivePlanFacts).inUse) return refuse('plan_in_use', 'A subscription of this plan has not ended.')
  return ok([PlanArchived({ planId: state.planId })])
}
