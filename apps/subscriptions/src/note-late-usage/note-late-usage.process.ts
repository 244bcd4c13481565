import { isEvent, want, type ProcessDefinition } from '@billstream/event-sourcing-core'
import { NoteLateUsage } from '@billstream/subscriptions-contracts'
import { MeasuredPeriodChanged, PeriodMeasured } from '@billstream/usage-contracts'

/**
 * A subscription hears of usage that came after a measurement. It also hears that an invoice was issued with corrections: a
 * further look finds what was left out for lack of room or billed twice meanwhile. Whether it has ended, only it knows.
 */
export const noteLateUsageOfSubscription: ProcessDefinition = {
  name: 'note-late-usage-of-subscription',
  context: 'subscriptions',
  reactsTo: [MeasuredPeriodChanged.type, PeriodMeasured.type],
  react: (event) => {
    if (isEvent(MeasuredPeriodChanged, event)) {
      return [want(NoteLateUsage, { subscriptionId: event.data.subscriptionId })]
    }
    if (!isEvent(PeriodMeasured, event)) return []
    const { purpose, corrections, subscriptionId } = event.data
    return purpose === 'final' && corrections.length > 0 ? [want(NoteLateUsage, { subscriptionId })] : []
  },
}
