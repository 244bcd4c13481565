import type { ChangeCustomer, CreateCustomer, DeleteCustomer } from '@billstream/accounts-contracts'
import type { CurrencyFacts, DeletionFacts } from '@billstream/accounts-domain'
import { organizationProjection, testClockProjection } from '@billstream/accounts-read-model'
import type { Command, CommandOf } from '@billstream/event-sourcing-core'
import type { FactReader, Gather } from '@billstream/event-sourcing-runtime'
import { invoiceProjection } from '@billstream/invoicing-read-model'
import { ok, refuse, type Result } from '@billstream/kernel'
import { subscriptionProjection } from '@billstream/subscriptions-read-model'

/** What a customer's commands need to know of its subscriptions, invoices and clock. */
export const customerGatherers: Readonly<Record<string, Gather>> = {
  CreateCustomer: knownClock,
  ChangeCustomer: currencyFacts,
  DeleteCustomer: deletionFacts,
}

async function knownClock(command: Command, facts: FactReader): Promise<Result<undefined>> {
  const { testClockId } = (command as CommandOf<typeof CreateCustomer>).data
  if (testClockId === null || (await facts.get(testClockProjection, testClockId))) return ok(undefined)
  return refuse('test_clock_not_found', 'There is no such test clock.', 'test_clock_id')
}

async function currencyFacts(command: Command, facts: FactReader): Promise<Result<CurrencyFacts | undefined>> {
  const { customerId, changes } = (command as CommandOf<typeof ChangeCustomer>).data
  if (changes.currency === undefined) return ok(undefined)
  const where = { customer_id: customerId }
  const [organization, subscriptions, invoices] = await Promise.all([
    facts.get(organizationProjection, command.metadata.organizationId),
    facts.find(subscriptionProjection, { where, limit: 1 }),
    facts.find(invoiceProjection, { where, limit: 1 }),
  ])
  if (!organization) return refuse('organization_not_found', 'There is no such organization.')
  return ok({
    organizationCurrency: organization.default_currency,
    billed: subscriptions.length + invoices.length > 0,
  })
}

/** A draft counts as unpaid whatever it amounts to now: usage may still come. */
async function deletionFacts(command: Command, facts: FactReader): Promise<Result<DeletionFacts>> {
  const { customerId } = (command as CommandOf<typeof DeleteCustomer>).data
  const ofCustomer = { customer_id: customerId }
  const [running, drafts, unpaid] = await Promise.all([
    facts.find(subscriptionProjection, { where: { ...ofCustomer, status: { not: 'terminated' } }, limit: 1 }),
    facts.find(invoiceProjection, { where: { ...ofCustomer, status: 'draft' }, limit: 1 }),
    facts.find(invoiceProjection, {
      where: { ...ofCustomer, status: 'finalized', amount_due_cents: { not: '0' } },
      limit: 1,
    }),
  ])
  return ok({ owes: running.length + drafts.length + unpaid.length > 0 })
}
