import type { Command } from 'commander'
import { commandGroup } from '../console/subcommand'
import type { Ops } from '../ops'
import { registerExportCommand } from './export.command'
import { registerImportCommand } from './import.command'

/** `ops usage import|export`: usage from files and into files. */
export function registerUsageCommands(program: Command, ops: Ops): void {
  const group = commandGroup(program, 'usage', 'usage from files and into files')
  registerImportCommand(group, ops)
  registerExportCommand(group, ops)
}
