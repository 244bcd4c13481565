import type { Command } from 'commander'
import type { ProcessOverview, RefusedCommand } from '@billstream/event-sourcing-runtime'
import type { Column } from '../console/output'
import { commandGroup, subcommand, wholeNumber } from '../console/subcommand'
import type { Ops } from '../ops'

const ALARMS_DEFAULT = 50
const ALARMS_MAX = 10_000

const OVERVIEW: readonly Column<ProcessOverview>[] = [
  { title: 'PROCESS', value: ({ process }) => process },
  { title: 'HANDLED', value: ({ handled }) => handled, align: 'right' },
  { title: 'WANTED', value: ({ open }) => open, align: 'right' },
  { title: 'TRIES', value: ({ triesMax }) => triesMax, align: 'right' },
  { title: 'IGNORED', value: ({ ignored }) => ignored, align: 'right' },
  { title: 'REFUSED', value: ({ alarms }) => alarms, align: 'right' },
]
const ALARM: readonly Column<RefusedCommand>[] = [
  { title: 'AT', value: ({ at }) => at },
  { title: 'PROCESS', value: ({ row }) => row.process },
  { title: 'COMMAND', value: ({ row }) => row.type },
  { title: 'TARGET', value: ({ row }) => row.target },
  { title: 'CODE', value: ({ code }) => code },
  { title: 'MESSAGE', value: ({ message }) => message },
  { title: 'CAUSED BY EVENT', value: ({ row }) => row.metadata.causationId },
]

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
    .option('--limit <count>', 'at most so many', wholeNumber({ min: 1, max: ALARMS_MAX }), ALARMS_DEFAULT)
    .action(
      ops.does(async ({ limit }: { limit: number }) => {
        const { processes } = await ops.open()
        ops.out.table(await processes.alarms(limit), ALARM, 'Nothing was refused that was not expected.')
        return undefined
      }),
    )
}
