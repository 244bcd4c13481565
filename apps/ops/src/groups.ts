import { backupCommands } from './backup/backup.commands'
import type { Vault } from './backup/vault'
import { registerDeadLettersCommands } from './dead-letters/dead-letters.commands'
import { registerDeliveriesCommands } from './deliveries/deliveries.commands'
import { registerCustomersCommands } from './customers/customers.commands'
import { registerDoctorCommands } from './doctor/doctor.commands'
import { registerEventsCommands } from './events/events.commands'
import { registerInvoicesCommands } from './invoices/invoices.commands'
import { registerOrganizationsCommands } from './organizations/organizations.commands'
import { registerProcessesCommands } from './processes/processes.commands'
import type { RegisterCommands } from './program'
import { registerProjectionsCommands } from './projections/projections.commands'
import { registerReplayCommands } from './replay/replay.commands'
import { registerStreamsCommands } from './streams/streams.commands'
import { registerTimersCommands } from './timers/timers.commands'
import { registerVerifyCommands } from './verify/verify.commands'
import { registerUsageCommands } from './usage/usage.commands'

/** The groups of commands that work on a platform's ports, in the order of the help. */
export const GROUPS: readonly RegisterCommands[] = [
  registerStreamsCommands,
  registerEventsCommands,
  registerProjectionsCommands,
  registerProcessesCommands,
  registerTimersCommands,
  registerDeliveriesCommands,
  registerDeadLettersCommands,
  registerReplayCommands,
  registerInvoicesCommands,
  registerOrganizationsCommands,
  registerCustomersCommands,
  registerVerifyCommands,
  registerDoctorCommands,
  registerUsageCommands,
]

/** Every command of the tool. */
export function allCommands(vault: Vault): readonly RegisterCommands[] {
  return [...GROUPS, backupCommands(vault)]
}
