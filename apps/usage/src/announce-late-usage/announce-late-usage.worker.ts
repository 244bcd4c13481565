import type { Command } from '@billstream/event-sourcing-core'
import type { ChangedPeriod, PlatformPorts, WakeUp, Worker } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import type { MessageBus } from '@billstream/messaging'
import { NotePeriodChange, type MeasurementCommand } from '@billstream/usage-contracts'

const PERIODS_MAX = 100
/** A look even when nobody rang, in milliseconds: what was not announced before a crash is announced now. */
const LOOK_MS = 1_000

type AnnouncePorts = Pick<PlatformPorts, 'usageLog' | 'clock'> & { readonly bus: MessageBus }

/** Late usage changes a measured period: said once per change, durably. */
export function announceLateUsage(ports: AnnouncePorts, wakeUp: WakeUp): Worker {
  return {
    name: 'announce-late-usage',
    lease: true,
    async run(signal) {
      const periods = await ports.usageLog.changedPeriods(PERIODS_MAX)
      await Promise.all(periods.map((period) => announce(period, ports)))
      await ports.usageLog.announced(periods)
      if (periods.length < PERIODS_MAX) await wakeUp.wait(LOOK_MS, signal)
    },
  }
}

async function announce(period: ChangedPeriod, { bus, clock }: AnnouncePorts): Promise<void> {
  const reply = await bus.send(NotePeriodChange, noteOf(period, clock.now()))
  if (!reply.ok) throw new Error(`The change of ${period.invoiceId} was refused: ${reply.error.code}.`)
}

function noteOf(period: ChangedPeriod, now: string): Command {
  const { organizationId, invoiceId, subscriptionId, externalCustomerId, from, to, change, request } = period
  const commandId = derivedId('note-period-change', invoiceId, change)
  return NotePeriodChange(
    {
      ...{ invoiceId, subscriptionId, change },
      customerExternalId: externalCustomerId,
      period: { start: from, end: to },
      measured: request as Record<string, unknown> & MeasurementCommand['data'],
    },
    {
      ...{ commandId, organizationId, now },
      actor: { type: 'system', id: 'late-usage' },
      correlationId: commandId,
      causationId: commandId,
    },
  )
}
