import { organizationDecider } from '@billstream/accounts-domain'
import { OrganizationBillingHalted, OrganizationBillingResumed } from '@billstream/accounts-contracts'
import { isEvent, type Command } from '@billstream/event-sourcing-core'
import { aggregate, CommandHandling, runOutboxSender, WakeUp } from '@billstream/event-sourcing-runtime'
import type { opsInMemory } from './ops-in-memory'

type Platform = ReturnType<typeof opsInMemory>

/** The service of accounts on the platform's ports, as far as operators give it commands, while `work` runs. */
export async function whileAccountsRuns<T>({ ports }: Platform, work: () => Promise<T>): Promise<T> {
  const stop = new AbortController()
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const handling = new CommandHandling({ ...ports, log }, [aggregate(organizationDecider)])
  const dispatch = {
    dispatch: async (_: unknown, command: Command) => {
      const reply = await handling.handle(command)
      await holdBilling(ports)
      return reply
    },
  }
  const wakeUp = new WakeUp(ports.sleeper)
  const running = runOutboxSender('accounts', { ...ports, log }, { dispatch, wakeUp }, stop.signal)
  await untilHeld(ports)
  try {
    return await work()
  } finally {
    stop.abort()
    await running
  }
}

async function untilHeld({ leases, sleeper }: Platform['ports']): Promise<void> {
  while (!(await leases.isHeld('outbox:accounts'))) await sleeper.sleep(1)
}

/** The last fact about billing counts, as the service's subscriber has it. */
async function holdBilling({ eventStore, billingHalts }: Platform['ports']): Promise<void> {
  for await (const { events, reached } of eventStore.subscribe(0n)) {
    for (const event of events) {
      const { organizationId, actor, occurredAt } = event.metadata
      if (isEvent(OrganizationBillingHalted, event)) {
        await billingHalts.halt({ organizationId, reason: event.data.reason, by: actor.id, at: occurredAt })
      }
      if (isEvent(OrganizationBillingResumed, event)) await billingHalts.resume(organizationId)
    }
    if (reached >= (await eventStore.head())) return
  }
}
