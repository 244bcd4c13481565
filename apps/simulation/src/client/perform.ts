import { AdvanceTestClock, ChangeCustomer } from '@billstream/accounts-contracts'
import { RetryPayment } from '@billstream/checkout-contracts'
import { paymentView } from '@billstream/checkout-read-model'
import type { ViewReader } from '@billstream/event-sourcing-runtime'
import { StartFinalization } from '@billstream/invoicing-contracts'
import { invoiceView } from '@billstream/invoicing-read-model'
import { addSeconds } from '@billstream/kernel'
import {
  ActivateSubscription,
  ChangePlan,
  CreateSubscription,
  TerminateSubscription,
} from '@billstream/subscriptions-contracts'
import type { Action, ActionOf } from '../story/story'
import { ingest } from './ingest'
import type { Ledger } from './ledger'
import { addMethod, planTerms, type Scene } from './set-the-scene'

const SECONDS_PER_HOUR = 3_600
/** Rows that one action looks at. */
const ROWS_MAX = 100

/** What an action may look at and write down. */
export interface Stage extends Scene {
  readonly views: ViewReader
  readonly ledger: Ledger
}

type Performed = Exclude<Action, { kind: 'pass-time' }>

const PERFORMERS: { readonly [Kind in Performed['kind']]: (action: ActionOf<Kind>, stage: Stage) => Promise<void> } = {
  subscribe,
  activate: changeSubscription,
  terminate: changeSubscription,
  ingest,
  'change-plan': changePlan,
  'advance-clock': advanceClock,
  'add-method': (action, stage) => addMethod(stage, stage.cast.customer(action.customer), action.token),
  'retry-payments': retryPayments,
  'finalize-drafts': finalizeDrafts,
  'change-customer': changeCustomer,
}

/** Does what an action says, through commands and queries alone; one that no longer makes sense does nothing. */
export function perform(action: Performed, stage: Stage): Promise<void> {
  const performer = PERFORMERS[action.kind] as (action: Performed, stage: Stage) => Promise<void>
  return performer(action, stage)
}

async function subscribe(action: ActionOf<'subscribe'>, { client, cast, planned }: Stage): Promise<void> {
  const customer = cast.customer(action.customer)
  const at = cast.nowOf(customer, planned)
  const subscription = {
    id: cast.idOf('subscription', action.id),
    externalId: `subscription-${action.id}`,
    customer,
    isEnded: false,
  }
  const { startedHoursAgo } = action
  const data = {
    ...{ subscriptionId: subscription.id, externalId: subscription.externalId, customerId: customer.id },
    ...{ planId: cast.idOf('plan', action.plan), billingTime: action.billingTime, payInAdvance: action.payInAdvance },
    onTerminationAction: action.onTermination,
    startedAt: startedHoursAgo === null ? null : addSeconds(at.now, -startedHoursAgo * SECONDS_PER_HOUR),
    subscriptionAt: null,
  }
  cast.subscriptions.push(subscription)
  await client.send(CreateSubscription, data, { intention: `subscribe ${action.id}`, at })
}

async function changeSubscription(
  action: ActionOf<'activate'> | ActionOf<'terminate'>,
  { client, cast, planned }: Stage,
): Promise<void> {
  const subscription = cast.subscriptions[action.subscription]
  if (!subscription) return
  const subscriptionId = subscription.id
  const at = cast.nowOf(subscription.customer, planned)
  const intention = `${action.kind} ${action.id}`
  if (action.kind === 'activate') {
    await client.send(
      ActivateSubscription,
      { subscriptionId },
      { intention, at, expected: ['subscription_not_pending'] },
    )
    return
  }
  const data = { subscriptionId, onTerminationAction: action.onTermination }
  subscription.isEnded = true
  await client.send(TerminateSubscription, data, { intention, at, expected: ['subscription_ended'] })
}

async function changePlan(action: ActionOf<'change-plan'>, { client, cast, planned }: Stage): Promise<void> {
  const { interval: _interval, ...changes } = planTerms(action.to, cast)
  const data = { planId: cast.idOf('plan', action.plan), changes }
  await client.send(ChangePlan, data, { intention: `change plan ${action.id}`, at: { now: planned } })
}

async function advanceClock(action: ActionOf<'advance-clock'>, { client, cast, planned }: Stage): Promise<void> {
  const clock = cast.clocks[action.clock]
  if (!clock) return
  const targetTime = addSeconds(clock.now, action.hours * SECONDS_PER_HOUR)
  const data = { testClockId: clock.id, targetTime }
  await client.send(AdvanceTestClock, data, { intention: `advance clock ${action.id}`, at: { now: planned } })
  clock.now = targetTime
}

/** Two who click at once: one wins. */
async function retryPayments(action: ActionOf<'retry-payments'>, stage: Stage): Promise<void> {
  const { client, cast, planned, views } = stage
  const customer = cast.customer(action.customer)
  const where = { customer_id: customer.id, status: 'failed' }
  const failed = await views.find(paymentView, cast.organizationId, { where, limit: ROWS_MAX })
  const expected = ['payment_not_failed', 'no_default_payment_method', 'nothing_due']
  const at = cast.nowOf(customer, planned)
  const clicks = failed.flatMap(({ id: paymentId }) => ['first', 'second'].map((click) => ({ paymentId, click })))
  await Promise.all(
    clicks.map(({ paymentId, click }) =>
      client.send(RetryPayment, { paymentId }, { intention: `${click} retry ${action.id} ${paymentId}`, at, expected }),
    ),
  )
}

async function finalizeDrafts(action: ActionOf<'finalize-drafts'>, stage: Stage): Promise<void> {
  const { client, cast, planned, views } = stage
  const customer = cast.customer(action.customer)
  const where = { customer_id: customer.id, status: 'draft' }
  const drafts = await views.find(invoiceView, cast.organizationId, { where, limit: ROWS_MAX })
  const at = cast.nowOf(customer, planned)
  for (const { id: invoiceId } of drafts) {
    const intention = `finalize ${action.id} ${invoiceId}`
    await client.send(StartFinalization, { invoiceId }, { intention, at, expected: ['invoice_not_draft'] })
  }
}

async function changeCustomer(action: ActionOf<'change-customer'>, { client, cast, planned }: Stage): Promise<void> {
  const customer = cast.customer(action.customer)
  const { timezone, graceDays } = action
  const data = { customerId: customer.id, changes: { timezone, invoiceGracePeriodDays: graceDays }, personal: {} }
  const at = cast.nowOf(customer, planned)
  await client.send(ChangeCustomer, data, { intention: `change customer ${action.id}`, at })
  customer.graceDays = graceDays
}
