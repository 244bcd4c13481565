import type { Command } from 'commander'
import { refused, wrongUsage } from '../console/outcome'
import type { Column } from '../console/output'
import { commandGroup, subcommand } from '../console/subcommand'
import type { Ops, OpsPorts } from '../ops'
import { lagText } from './event-lag'
import { projectionNamed, projectionStatuses, type ProjectionStatus } from './projection-status'
import { registerRebuildCommand } from './rebuild.command'

const STATUS: readonly Column<ProjectionStatus>[] = [
  { title: 'PROJECTION', value: ({ projection }) => projection },
  { title: 'STATE', value: stateText },
  { title: 'POSITION', value: ({ position }) => position, align: 'right' },
  { title: 'LAG', value: lagText, align: 'right' },
  { title: 'SECONDS', value: ({ lagSeconds }) => lagSeconds, align: 'right' },
  { title: 'PER SECOND', value: ({ rate }) => rate, align: 'right' },
  { title: 'NOTE', value: noteOf },
]

/** `ops projections status|pause|resume|rebuild`: where the read models stand, holding them, making them anew. */
export function registerProjectionsCommands(program: Command, ops: Ops): void {
  const group = commandGroup(
    program,
    'projections',
    'the read models: how far they are, holding them, making them anew',
  )
  subcommand(group, 'status', {
    description: 'Shows where each projection stands: lag in events and seconds, rate, pause and last error.',
    example: 'projections status',
  }).action(ops.does(() => showStatus(ops)))
  subcommand(group, 'pause <projection>', {
    description: 'Holds a projection: its view stands still until it is resumed, whatever is restarted.',
    example: 'projections pause invoicing.invoice --reason "a wrong fold is being mended"',
  })
    .requiredOption('--reason <text>', 'why: shown by status')
    .action(ops.does((name: string, options: { reason: string }) => pauseProjection(ops, name, options.reason)))
  subcommand(group, 'resume <projection>', {
    description: 'Lets a paused projection go on from where it stood.',
    example: 'projections resume invoicing.invoice',
  }).action(ops.does((name: string) => resumeProjection(ops, name)))
  registerRebuildCommand(group, ops)
}

async function showStatus(ops: Ops): Promise<undefined> {
  const statuses = await projectionStatuses(await ops.open(), ops.signal)
  ops.out.table(statuses, STATUS, 'The platform has no projections.')
}

async function pauseProjection(ops: Ops, name: string, reason: string): Promise<undefined> {
  if (reason.trim() === '') throw wrongUsage('--reason', 'must say why.')
  const ports = await ops.open()
  const projection = known(ports, name)
  const pause = { projection, by: ops.operator, reason, at: ports.clock.now() }
  if (!(await ports.projectionControls.pause(pause)))
    throw refused(`${name} is paused already: see projections status.`)
  ops.out.document(pause, () => `${name} is paused: requests that wait for it will time out until it is resumed.`)
}

async function resumeProjection(ops: Ops, name: string): Promise<undefined> {
  const ports = await ops.open()
  const projection = known(ports, name)
  if (!(await ports.projectionControls.resume(projection))) throw refused(`${name} is not paused.`)
  ops.out.document({ projection, resumed: true }, () => `${name} goes on within a second.`)
}

function known({ projections }: Pick<OpsPorts, 'projections'>, name: string): string {
  if (projectionNamed(projections, name)) return name
  throw wrongUsage('PROJECTION', `there is no ${name}; see projections status.`)
}

function stateText({ state, lagEvents }: ProjectionStatus): string {
  if (state !== 'paused') return state
  return lagEvents > 0n ? 'paused, behind' : 'paused'
}

function noteOf({ pause, lastFailure }: ProjectionStatus): string {
  const notes = [
    pause && `paused by ${pause.by} at ${pause.at}: ${pause.reason}`,
    lastFailure && `last error ${lastFailure.at}: ${lastFailure.error}`,
  ]
  return notes.filter((note) => note !== undefined).join('; ')
}
