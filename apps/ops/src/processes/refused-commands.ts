import { counted, verbOf } from '../console/counted'
import { refused, wrongUsage } from '../console/outcome'
import type { Ops, OpsPorts } from '../ops'
import { DROPPED, REFUSED } from './process-text'

/** Commands that `--all` sends again at once. */
const ALL_MAX = 100_000

export interface RetryOptions {
  readonly all?: true
  readonly process?: string
}

export async function listRefused(ops: Ops, { dropped, limit }: { dropped?: true; limit: number }): Promise<undefined> {
  const { processes } = await ops.open()
  if (dropped) ops.out.table(await processes.dropped(limit), DROPPED, 'No refused command was dropped.')
  else ops.out.table(await processes.alarms(limit), REFUSED, 'Nothing was refused that was not expected.')
}

export async function retryRefused(
  ops: Ops,
  ids: readonly string[],
  { all, process }: RetryOptions,
): Promise<undefined> {
  if (ids.length > 0 === (all === true)) throw wrongUsage('COMMANDS', 'name some, or give --all.')
  if (process !== undefined && !all) throw wrongUsage('--process', 'belongs to --all.')
  const { processes } = await ops.open()
  await refuseUnknown(ids, { processes })
  if (process !== undefined) await assertProcess(process, { processes })
  const retried = await processes.sendAgain(all ? await alarmsOf(process, { processes }) : ids)
  ops.out.document(
    { retried },
    () =>
      `${counted(retried, 'command')} ${verbOf(retried, 'is', 'are')} sent again within a second; processes refused shows what is refused again.`,
  )
}

export async function dropRefused(ops: Ops, ids: readonly string[], reason: string): Promise<undefined> {
  if (reason.trim() === '') throw wrongUsage('--reason', 'must say why.')
  const { processes, clock } = await ops.open()
  await refuseUnknown(ids, { processes })
  const dropped = await processes.drop(ids, { by: ops.operator, reason, at: clock.now() })
  if (dropped === 0) throw refused('COMMANDS: all of them were dropped before; processes refused --dropped has them.')
  ops.out.document(
    { dropped },
    () =>
      `${counted(dropped, 'command')} ${verbOf(dropped, 'is', 'are')} given up; processes refused --dropped keeps what was.`,
  )
}

/** Throws CommandEnded naming `--process` where no process of the name has handled, wanted or been refused anything. */
async function assertProcess(name: string, { processes }: Pick<OpsPorts, 'processes'>): Promise<void> {
  const overview = await processes.overview()
  if (overview.some(({ process }) => process === name)) return
  const names = overview.map(({ process }) => process).join(', ') || 'none'
  throw wrongUsage('--process', `there is no process ${name}; there are: ${names}.`)
}

async function alarmsOf(
  process: string | undefined,
  { processes }: Pick<OpsPorts, 'processes'>,
): Promise<readonly string[]> {
  const alarms = await processes.alarms(ALL_MAX)
  return alarms.filter(({ row }) => process === undefined || row.process === process).map(({ row }) => row.id)
}

/** All or none: where a name is wrong the operator may mean something else. */
async function refuseUnknown(ids: readonly string[], { processes }: Pick<OpsPorts, 'processes'>): Promise<void> {
  const found = new Set((await processes.commandsById(ids)).refused.map(({ row }) => row.id))
  const unknown = ids.filter((id) => !found.has(id))
  if (unknown.length > 0)
    throw refused(`COMMANDS: no process was refused ${unknown.join(', ')}; nothing was done. See processes refused.`)
}
