import { customerView, testClockView } from '@billstream/accounts-read-model'
import type { CommandMetadata } from '@billstream/event-sourcing-core'
import type { ChangedPeriod, PlatformPorts, WakeUp, Worker } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import { NotePeriodChange } from '@billstream/usage-contracts'
import type { MeasuredRequest } from '../measurement/measured-request'

const ANNOUNCE_CHANGED_PERIODS = 'announce-changed-periods'
/** Periods told of at once. */
const PERIODS_MAX = 50
/** Looks without being woken: another process may have ingested. */
const LOOK_INTERVAL_MS = 1_000

type Ports = Pick<PlatformPorts, 'usageLog' | 'views' | 'clock'> & { readonly bus: Pick<MessageBus, 'send'> }

/** Makes facts of the changes that ingestion has marked in the log. A change that is told twice is one fact. */
export function announceChangedPeriods(ports: Ports, wakeUp: WakeUp): Worker {
  return {
    name: ANNOUNCE_CHANGED_PERIODS,
    lease: true,
    async run(signal) {
      while (!signal.aborted) {
        const periods = await ports.usageLog.changedPeriods(PERIODS_MAX)
        if (periods.length === 0) {
          await wakeUp.wait(LOOK_INTERVAL_MS, signal)
          continue
        }
        await Promise.all(periods.map((period) => announce(period, ports)))
        await ports.usageLog.announced(periods)
      }
    },
  }
}

async function announce(period: ChangedPeriod, ports: Ports): Promise<void> {
  const { invoiceId, subscriptionId, from, to, change } = period
  const request = period.request as MeasuredRequest
  const data = {
    invoiceId,
    subscriptionId,
    customerExternalId: period.externalCustomerId,
    period: { start: from, end: to },
    change,
    measured: { ...request },
  }
  const reply = await ports.bus.send(NotePeriodChange, NotePeriodChange(data, await metadataOf(period, ports)))
  if (!reply.ok) throw new Error(`Change ${change} of the period of invoice ${invoiceId}: ${reply.error.message}`)
}

/** What follows from the change happens in the customer's time. */
async function metadataOf({ organizationId, invoiceId, change, request }: ChangedPeriod, ports: Ports) {
  const commandId = derivedId('note-period-change', organizationId, invoiceId, change)
  const { customerId } = request as MeasuredRequest
  const customer = await ports.views.get(customerView, organizationId, customerId)
  const clockId = customer?.test_clock_id ?? null
  const clock = clockId === null ? undefined : await ports.views.get(testClockView, organizationId, clockId)
  const metadata: CommandMetadata = {
    commandId,
    organizationId,
    actor: { type: 'system', id: ANNOUNCE_CHANGED_PERIODS },
    correlationId: commandId,
    causationId: commandId,
    now: clock?.frozen_time ?? ports.clock.now(),
    ...(clock && { clockId: clock.id }),
  }
  return metadata
}
