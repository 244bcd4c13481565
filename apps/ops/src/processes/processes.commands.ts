import type { Command } from 'commander'
import { commandGroup, subcommand, wholeNumber } from '../console/subcommand'
import type { Ops } from '../ops'
import { dropRefused, listRefused, retryRefused, type RetryOptions } from './refused-commands'
import { OVERVIEW } from './process-text'

const LIST_DEFAULT = 50
const LIST_MAX = 10_000

/** `ops processes ...`: the reactions of the business, what they want and what was refused. */
export function registerProcessesCommands(program: Command, ops: Ops): void {
  const group = commandGroup(program, 'processes', 'the reactions of the business')
  subcommand(group, 'list', {
    description:
      'Lists the processes: events handled, commands wanted and not answered yet with the most tries of one, refusals ignored, commands refused for good.',
    example: 'processes list',
  }).action(
    ops.does(async () => {
      const { processes } = await ops.open()
      ops.out.table(await processes.overview(), OVERVIEW, 'No process has handled anything yet.')
      return undefined
    }),
  )
  subcommand(group, 'refused', {
    description: 'Lists commands that were refused though their process expected no refusal, newest first.',
    example: 'processes refused --limit 10',
  })
    .option('--dropped', 'those that were given up instead, last first: who dropped what and why')
    .option('--limit <count>', 'at most so many', wholeNumber({ min: 1, max: LIST_MAX }), LIST_DEFAULT)
    .action(ops.does((options: { dropped?: true; limit: number }) => listRefused(ops, options)))
  subcommand(group, 'retry [commands...]', {
    description: 'Sends refused commands again, once their cause is mended: the same command, so it has one effect.',
    example: 'processes retry 3f0c1d2e-5b6a-5c7d-8e9f-0a1b2c3d4e5f',
  })
    .option('--all', 'every command that was refused and not dropped')
    .option('--process <name>', 'with --all: of this process only')
    .action(ops.does((ids: string[], options: RetryOptions) => retryRefused(ops, ids, options)))
  subcommand(group, 'drop <commands...>', {
    description: 'Gives refused commands up: they are no alarm any more, and are kept with the reason.',
    example: 'processes drop 3f0c1d2e-5b6a-5c7d-8e9f-0a1b2c3d4e5f --reason "settled by hand"',
  })
    .requiredOption('--reason <text>', 'why: kept with the command')
    .action(ops.does((ids: string[], options: { reason: string }) => dropRefused(ops, ids, options.reason)))
}
