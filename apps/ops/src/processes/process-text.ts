import type { DroppedCommand, ProcessOverview, RefusedCommand } from '@billstream/event-sourcing-runtime'
import type { Column } from '../console/output'

export const OVERVIEW: readonly Column<ProcessOverview>[] = [
  { title: 'PROCESS', value: ({ process }) => process },
  { title: 'HANDLED', value: ({ handled }) => handled, align: 'right' },
  { title: 'WANTED', value: ({ open }) => open, align: 'right' },
  { title: 'TRIES', value: ({ triesMax }) => triesMax, align: 'right' },
  { title: 'IGNORED', value: ({ ignored }) => ignored, align: 'right' },
  { title: 'REFUSED', value: ({ alarms }) => alarms, align: 'right' },
]

export const REFUSED: readonly Column<RefusedCommand>[] = [
  { title: 'AT', value: ({ at }) => at },
  { title: 'PROCESS', value: ({ row }) => row.process },
  { title: 'COMMAND', value: ({ row }) => row.type },
  { title: 'ID', value: ({ row }) => row.id },
  { title: 'TARGET', value: ({ row }) => row.target },
  { title: 'CODE', value: ({ code }) => code },
  { title: 'MESSAGE', value: ({ message }) => message },
  { title: 'CAUSED BY EVENT', value: ({ row }) => row.metadata.causationId },
]

export const DROPPED: readonly Column<DroppedCommand>[] = [
  { title: 'DROPPED', value: ({ drop }) => drop.at },
  { title: 'BY', value: ({ drop }) => drop.by },
  { title: 'REASON', value: ({ drop }) => drop.reason },
  ...REFUSED,
]
