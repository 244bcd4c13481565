import type { Command } from 'commander'
import type { Projection, ViewDefinition } from '@billstream/event-sourcing-core'
import {
  FoldFailed,
  ProjectionRebuild,
  RebuildImpossible,
  type RebuildOptions,
  type ViewComparison,
  type ViewDifference,
} from '@billstream/event-sourcing-runtime'
import { CommandEnded, interrupted, refused, wrongUsage, type Outcome } from '../console/outcome'
import type { Column } from '../console/output'
import { shownCell, shownRow, type Personal } from '../console/shown-row'
import { subcommand } from '../console/subcommand'
import type { Ops, OpsPorts } from '../ops'
import { eventLag, lagInWords, type EventLag } from './event-lag'
import { projectionNamed } from './projection-status'

interface RebuildFlags {
  readonly all?: boolean
  readonly verify?: boolean
  readonly switch?: boolean
  readonly anew?: boolean
  readonly personal?: boolean
}

/** What became of one view; without `comparison` it was not verified. */
interface Rebuilt {
  readonly projection: string
  readonly switched: boolean
  readonly comparison?: ViewComparison
  /** It is paused, and stays so: the view stands still. */
  readonly pause?: EventLag & { readonly by: string; readonly reason: string }
}

const RESULT: readonly Column<Rebuilt>[] = [
  { title: 'PROJECTION', value: ({ projection }) => projection },
  { title: 'RESULT', value: resultOf },
  { title: 'ROWS CHECKED', value: ({ comparison }) => comparison?.rowsChecked, align: 'right' },
  { title: 'DIFFERENT', value: ({ comparison }) => comparison?.rowsDifferent, align: 'right' },
]

/** `ops projections rebuild`: a view built anew beside the one that is read. */
export function registerRebuildCommand(projections: Command, ops: Ops): void {
  subcommand(projections, 'rebuild [projections...]', {
    description:
      'Builds views anew from the events, beside the ones that are read, and puts them in their place in one ' +
      'transaction. Broken off, it goes on the next time.',
    example: 'projections rebuild invoicing.invoice --verify',
  })
    .option('--all', 'every projection, one after the other')
    .option('--verify', 'compare with the live view, row by row at the same position; the live view stays')
    .option('--switch', 'with --verify: put the rebuilt view in its place as well')
    .option('--anew', 'forget what a rebuild that was broken off has built')
    .option('--personal', 'with personal data in what differs, which is hidden otherwise')
    .action(ops.does((names: string[], flags: RebuildFlags) => rebuild(ops, names, flags)))
}

async function rebuild(ops: Ops, names: readonly string[], flags: RebuildFlags): Promise<Outcome> {
  checkFlags(names, flags)
  const ports = await ops.open()
  const projections = flags.all ? ports.projections : [...new Set(names)].map((name) => known(ports, name))
  const rebuilt: Rebuilt[] = []
  for (const projection of projections) {
    const one = await rebuildOne(projection, ports, { ops, flags }).catch((error: unknown) => {
      if (error instanceof CommandEnded) showDone(rebuilt, ops)
      throw error
    })
    if (!one) throw brokenOff(projection, rebuilt, ops)
    rebuilt.push({ ...one, ...(await pauseOf(projection, ports, ops.signal)) })
  }
  show(rebuilt, ops)
  return rebuilt.some(({ comparison }) => (comparison?.rowsDifferent ?? 0) > 0) ? 'differences' : 'ok'
}

/** What was done before holds, and is shown. */
function brokenOff({ name }: Projection, done: readonly Rebuilt[], ops: Ops): CommandEnded {
  showDone(done, ops)
  const before = done.length > 0 ? ` Done before it: ${done.map(({ projection }) => projection).join(', ')}.` : ''
  return interrupted(`${name} was broken off: its live view is as it was, and the next rebuild goes on.${before}`)
}

/** Before the error that ends the command. */
function showDone(done: readonly Rebuilt[], ops: Ops): void {
  if (done.length > 0) show(done, ops)
  ops.out.release()
}

function checkFlags(names: readonly string[], flags: RebuildFlags): void {
  if (flags.switch && !flags.verify)
    throw wrongUsage('--switch', 'it belongs to --verify; without it a rebuild switches.')
  if (flags.all && names.length > 0)
    throw wrongUsage('--all', 'it names every projection already; leave the names out.')
  if (!flags.all && names.length === 0) throw wrongUsage('projections', 'name at least one, or give --all.')
}

function known({ projections }: OpsPorts, name: string): Projection {
  const projection = projectionNamed(projections, name)
  if (projection) return projection
  throw wrongUsage('projections', `${name} is none of: ${projections.map((each) => each.name).join(', ')}.`)
}

interface Asked {
  readonly ops: Ops
  readonly flags: RebuildFlags
}

/**
 * undefined: Ctrl-C has ended it; what was built stays for the next time. Two at once would empty and remove each other's table: of
 * two that begin at the same moment one waits.
 */
async function rebuildOne(projection: Projection, ports: OpsPorts, asked: Asked): Promise<Rebuilt | undefined> {
  const role = `rebuild:${projection.name}`
  if (await ports.leases.isHeld(role)) {
    throw refused(`${projection.name} is being rebuilt by somebody else: wait for that, and run it again if you must.`)
  }
  let rebuilt: Rebuilt | undefined
  await ports.leases.hold(role, asked.ops.signal, async (signal) => {
    rebuilt = await rebuildAlone(projection, ports, { ...asked, signal })
  })
  return rebuilt
}

async function rebuildAlone(
  projection: Projection,
  ports: OpsPorts,
  { ops, flags, signal }: Asked & { readonly signal: AbortSignal },
): Promise<Rebuilt | undefined> {
  const progress = ops.progress({ unit: `positions of ${projection.name}` })
  let seen = 0n
  const options: RebuildOptions = {
    anew: flags.anew === true,
    signal,
    progress: ({ position, target }) => {
      progress.total(Number(target))
      progress.advance(Number(position - seen))
      seen = position
    },
  }
  try {
    const work = await ProjectionRebuild.begin(projection, ports, options)
    return await (flags.verify ? verified(work, projection, flags) : replaced(work, projection))
  } catch (error) {
    if (error instanceof RebuildImpossible || error instanceof FoldFailed) throw refused(error.message)
    throw error
  } finally {
    progress.end()
  }
}

async function replaced(work: ProjectionRebuild, { name }: Projection): Promise<Rebuilt | undefined> {
  return (await work.replace()) ? { projection: name, switched: true } : undefined
}

async function verified(
  work: ProjectionRebuild,
  { name, view }: Projection,
  flags: RebuildFlags,
): Promise<Rebuilt | undefined> {
  // Nearly level first: the live view is frozen only for the rest.
  const compared = (await work.build()) ? await work.compare() : undefined
  if (!compared) return undefined
  const comparison = shownComparison(compared, view, flags.personal ? 'shown' : 'hidden')
  if (!flags.switch) {
    await work.discard()
    return { projection: name, switched: false, comparison }
  }
  return (await work.replace()) ? { projection: name, switched: true, comparison } : undefined
}

function shownComparison(comparison: ViewComparison, view: ViewDefinition, personal: Personal): ViewComparison {
  const differences = comparison.differences.map((difference): ViewDifference => {
    const { column } = difference
    const shown = (value: unknown) =>
      column === null ? shownRow(view, value as object | null, personal) : shownCell(view, column, value, personal)
    return { ...difference, live: shown(difference.live), rebuilt: shown(difference.rebuilt) }
  })
  return { ...comparison, differences }
}

/** A rebuild does not resume: what is built anew is no further than the view was. */
async function pauseOf(projection: Projection, ports: OpsPorts, signal: AbortSignal): Promise<Pick<Rebuilt, 'pause'>> {
  const pauses = await ports.projectionControls.pauses()
  const pause = pauses.find((each) => each.projection === projection.name)
  if (!pause) return {}
  const head = await ports.eventStore.head()
  const standing = (await ports.viewRebuilds.standing(projection)) ?? 0n
  const lag = await eventLag(standing, head, { ...ports, signal })
  return { pause: { by: pause.by, reason: pause.reason, ...lag } }
}

function resultOf({ switched, pause }: Rebuilt): string {
  const result = switched ? 'rebuilt' : 'as it was'
  return pause ? `${result}, still paused ${lagInWords(pause)} behind` : result
}

function show(rebuilt: readonly Rebuilt[], ops: Ops): void {
  ops.out.table(rebuilt, RESULT, 'Nothing was rebuilt.')
  for (const { projection, comparison, pause } of rebuilt) {
    if (pause)
      ops.out.note(`${projection} is paused by ${pause.by}: ${pause.reason}. projections resume lets it go on.`)
    for (const difference of comparison?.differences ?? []) ops.out.note(`${projection}: ${sentenceOf(difference)}`)
  }
}

function sentenceOf({ id, organizationId, column, live, rebuilt }: ViewDifference): string {
  const row = `row ${id} of organization ${organizationId}`
  if (column !== null) return `${row}: ${column} is ${JSON.stringify(live)}, rebuilt ${JSON.stringify(rebuilt)}`
  return rebuilt === null ? `${row} is there, rebuilt it is not` : `${row} is missing, rebuilt it is there`
}
