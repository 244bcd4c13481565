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
  type PlanTerms,
} from '@billstream/subscriptions-contracts'
import { evolvePlan, noPlan, type ActivePlan, type PlanState } from './plan.state'
import { checkTerms, withinPlanBytes, type PlanFacts } from './plan-terms'

/** Whether a subscription of the plan has not ended. */
export interface ArchivePlanFacts {
  readonly inUse: boolean
}

/**
 * A plan and its versions. Refusals: `plan_exists`, `plan_not_found`, `plan_in_use`, `code_taken`, `plan_too_large`, and those of
 * `checkTerms`.
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
  const plan = withinPlanBytes({ code, name, description, interval, terms: terms.value })
  return plan.ok ? ok([PlanCreated({ planId, version: 1, ...plan.value })]) : plan
}

function changePlan(command: CommandOf<typeof ChangePlan>, state: PlanState): Result<PlanEvent[]> {
  if (state.status !== 'active') return refuse('plan_not_found', 'There is no such plan.')
  const terms = nextTerms(command, state)
  if (!terms.ok) return terms
  const { name = state.name, description = state.description } = command.data.changes
  const { planId, code, interval, version } = state
  const plan = withinPlanBytes({ code, name, description, interval, terms: terms.value })
  if (!plan.ok) return plan
  const isRenamed = name !== state.name || description !== state.description
  // An edit that changes nothing of the terms makes no version.
  const isVersioned = JSON.stringify(terms.value) !== JSON.stringify(state.terms)
  return ok([
    ...(isRenamed ? [PlanRenamed({ planId, name, description })] : []),
    ...(isVersioned ? [PlanVersioned({ planId, name, interval, version: version + 1, terms: terms.value })] : []),
  ])
}

function nextTerms(command: CommandOf<typeof ChangePlan>, plan: ActivePlan): Result<PlanTerms> {
  const { amount, currency, trialPeriodDays, charges } = command.data.changes
  const input = {
    amount: amount ?? plan.terms.amount,
    currency: currency ?? plan.terms.currency,
    trialPeriodDays: trialPeriodDays ?? plan.terms.trialPeriodDays,
    charges,
  }
  const { commandId } = command.metadata
  return checkTerms(input, { commandId, facts: command.facts as PlanFacts, present: plan.terms.charges })
}

function archivePlan({ facts }: CommandOf<typeof ArchivePlan>, state: PlanState): Result<PlanEvent[]> {
  if (state.status !== 'active') return refuse('plan_not_found', 'There is no such plan.')
  if ((facts as ArchivePlanFacts).inUse) return refuse('plan_in_use', 'A subscription of this plan has not ended.')
  return ok([PlanArchived({ planId: state.planId })])
}
