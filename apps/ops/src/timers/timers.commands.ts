import type { Command } from 'commander'
import type { Timer } from '@billstream/event-sourcing-runtime'
import { counted, verbOf } from '../console/counted'
import { interrupted } from '../console/outcome'
import type { Column } from '../console/output'
import { commandGroup, id, instant, oneOf, subcommand, wholeNumber } from '../console/subcommand'
import { CONTEXTS } from '@billstream/event-sourcing-core'
import type { Ops } from '../ops'
import { repairTimers } from './repair-timers'
import { runDue } from './run-due'

const LIST_DEFAULT = 50
const LIST_MAX = 10_000

const TIMER: readonly Column<Timer>[] = [
  { title: 'DUE', value: ({ due }) => due },
  { title: 'RULE', value: ({ rule }) => rule },
  { title: 'OWNER', value: ({ owner }) => owner },
  { title: 'COMMAND', value: ({ command }) => command.type },
  { title: 'TARGET', value: ({ command }) => command.target },
  { title: 'ORGANIZATION', value: ({ organizationId }) => organizationId },
  { title: 'TEST CLOCK', value: ({ clockId }) => clockId },
]

interface ListOptions {
  readonly owner?: string
  readonly organization?: string
  readonly until?: string
  readonly limit: number
}

/** `ops timers ...`: what is to happen when its time comes. */
export function registerTimersCommands(program: Command, ops: Ops): void {
  const group = commandGroup(program, 'timers', 'what is to happen when its time comes')
  subcommand(group, 'list', {
    description: 'Lists open timers in the order in which they fire.',
    example: 'timers list --organization 0197a3c2-5a10-7000-8000-0123456789ab --until 2026-08-01',
  })
    .option('--owner <context>', `of this context only: ${CONTEXTS.join(', ')}`, oneOf(CONTEXTS))
    .option('--organization <id>', 'of this organization only', id)
    .option('--until <instant>', 'due by then', instant)
    .option('--limit <count>', 'at most so many', wholeNumber({ min: 1, max: LIST_MAX }), LIST_DEFAULT)
    .action(ops.does((options: ListOptions) => listTimers(ops, options)))
  subcommand(group, 'run-due', {
    description: 'Gives the commands of everything due to the services, whose own firing stands still or is late.',
    example: 'timers run-due',
  }).action(ops.does(() => runDueTimers(ops)))
  subcommand(group, 'repair', {
    description:
      'Sets timers again that do not wait as the events ask for them, as verify names them. A repeat is safe.',
    example: 'timers repair --dry-run',
  })
    .option('--dry-run', 'lists them and changes nothing')
    .action(ops.does((options: { dryRun?: true }) => repair(ops, options)))
}

async function listTimers(ops: Ops, { owner, organization, until, limit }: ListOptions): Promise<undefined> {
  const { timers } = await ops.open()
  const found = await timers.list({
    limit,
    ...(owner !== undefined && { owner }),
    ...(organization !== undefined && { organizationId: organization }),
    ...(until !== undefined && { dueUntil: until }),
  })
  ops.out.table(found, TIMER, 'There are no such timers.')
}

async function repair(ops: Ops, { dryRun }: { dryRun?: true }): Promise<undefined> {
  const ports = await ops.open()
  const progress = ops.progress({ unit: 'events' })
  try {
    const found = await repairTimers(ports, { isDry: dryRun === true, progress, signal: ops.signal })
    if (ops.signal.aborted)
      throw interrupted(
        `It was broken off: ${dryRun ? 'nothing was changed' : setAgain(found)}. A repeat finds the rest.`,
      )
    ops.out.table(found, TIMER, 'Every timer waits as the events ask for it.')
    if (found.length > 0)
      ops.out.note(dryRun ? 'Nothing was changed.' : `${setAgain(found)}; what is due fires within a second.`)
  } finally {
    progress.end()
  }
}

function setAgain({ length }: readonly Timer[]): string {
  return `${counted(length, 'timer')} ${verbOf(length, 'is', 'are')} set again`
}

async function runDueTimers(ops: Ops): Promise<undefined> {
  const ports = await ops.open()
  const progress = ops.progress({ unit: 'timers' })
  try {
    const given = await runDue(CONTEXTS, ports, { progress, signal: ops.signal })
    if (ops.signal.aborted)
      throw interrupted(
        `It was broken off: the commands of ${counted(given, 'timer')} are on their way. A repeat goes on.`,
      )
    ops.out.document(
      { given },
      () => `${counted(given, 'timer')} ${verbOf(given, 'was', 'were')} due; the commands are on their way.`,
    )
  } finally {
    progress.end()
  }
}
