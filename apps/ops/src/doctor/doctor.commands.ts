import type { Command } from 'commander'
import type { Outcome } from '../console/outcome'
import type { Column } from '../console/output'
import { subcommand } from '../console/subcommand'
import type { Ops } from '../ops'
import { examine } from './examine'
import type { Finding } from './finding'

const FINDING: readonly Column<Finding>[] = [
  { title: 'STATE', value: ({ state }) => state },
  { title: 'ABOUT', value: ({ about }) => about },
  { title: 'SEEN', value: ({ seen }) => seen },
  { title: 'WHAT TO DO', value: ({ todo }) => todo },
]

/** `ops doctor`: is anything wrong, and what to do. */
export function registerDoctorCommands(program: Command, ops: Ops): void {
  subcommand(program, 'doctor', {
    description:
      'Looks at settings, connections, versions, roles, migrations, clock, disk, lag, timers, dead letters and halts; each line says what to do.',
    example: 'doctor',
  }).action(ops.does(() => diagnose(ops)))
}

async function diagnose(ops: Ops): Promise<Outcome> {
  const diagnosis = await ops.diagnose()
  const { findings, canOpen } = diagnosis
  const all = canOpen ? [...findings, ...(await examine(await ops.open(), diagnosis, ops.signal))] : findings
  ops.out.table(all, FINDING, '')
  return all.every(({ state }) => state === 'ok') ? 'ok' : 'differences'
}
