import type { Command } from 'commander'
import { counted } from '../console/counted'
import { interrupted, refused, wrongUsage, type Outcome } from '../console/outcome'
import { filled, id, subcommand } from '../console/subcommand'
import type { Ops, OpsPorts } from '../ops'
import { eventMapping, type EventMapping } from './event-mapping'
import { ImportRefused, importUsage, type ImportTotals } from './import-usage'
import { EXPORTED_COLUMNS, exportedEvents, mappedEvents, type EventsOfLine } from './line-events'
import { openInput, type OpenedInput } from './open-input'
import { RefusedFile } from './refused-file'
import { UnknownOwners } from './unknown-names'
import { assertMetric, assertOrganization, metricCodes } from './usage-scope'

/** Of the names of columns, in characters: a line of a file may be very long. */
const LISTED_MAX = 500

interface ImportFlags {
  readonly organization: string
  readonly customer?: string
  readonly subscription?: string
  readonly timeColumn?: string
  readonly transactionColumn?: string
  readonly codeInId?: boolean
  readonly source?: string
  readonly event?: readonly EventMapping[]
  readonly refused?: string
  readonly dryRun?: boolean
}

/** `ops usage import`: usage from a file, by the same checks as over HTTP. */
export function registerImportCommand(usage: Command, ops: Ops): void {
  subcommand(usage, 'import <file>', {
    description:
      'Brings in usage from a .csv or .jsonl file; safe to run again: what is there counts as a duplicate. ' +
      'Without --event the file is one of usage export.',
    example:
      'usage import calls.csv --organization 0192... --customer acme --time-column TIMESTAMP ' +
      '--event context_tokens:tokens=ContextTokens --event llm_calls',
  })
    .requiredOption('--organization <id>', 'whose usage it is', id)
    .option('--customer <id>', 'external id of the customer', filled)
    .option('--subscription <id>', 'external id of the subscription, where the customer has several', filled)
    .option('--time-column <column>', 'when it happened, in ISO 8601; without a zone it is UTC', filled)
    .option(
      '--event <mapping>',
      'CODE or CODE:FIELD=COLUMN,...: one usage event of each line (repeatable)',
      eventMapping,
    )
    .option('--transaction-column <column>', 'what identifies a line; else its content and number do', filled)
    .option('--code-in-id', 'ids of --transaction-column get :CODE behind them, as several events of a line need')
    .option('--source <name>', 'tells apart two files that may have equal lines at equal places', filled)
    .option('--refused <file>', 'where lines that were not taken are listed, with reasons (FILE.refused.csv)')
    .option('--dry-run', 'check everything and write nothing')
    .action(ops.does((file: string, flags: ImportFlags) => runImport(ops, file, flags)))
}

async function runImport(ops: Ops, file: string, flags: ImportFlags): Promise<Outcome> {
  checkFlags(flags)
  const opened = await openInput(file)
  try {
    const eventsOf = readingOf(opened, file, flags)
    const ports = await ops.open()
    await assertOrganization(ports, flags.organization)
    const codes = await metricCodes(ports, flags.organization)
    for (const { code } of flags.event ?? []) assertMetric('--event', code, codes)
    return await bringIn(opened, ports, { ops, file, flags, eventsOf, codes })
  } finally {
    opened.input.close()
  }
}

function checkFlags(flags: ImportFlags): void {
  const mapped = { '--customer': flags.customer, '--time-column': flags.timeColumn }
  if (flags.event) {
    for (const [name, value] of Object.entries(mapped)) {
      if (value === undefined) throw wrongUsage(name, 'it belongs to --event.')
    }
    return checkIds(flags)
  }
  const useless = {
    ...{ ...mapped, '--subscription': flags.subscription, '--transaction-column': flags.transactionColumn },
    '--code-in-id': flags.codeInId,
  }
  for (const [name, value] of Object.entries(useless)) {
    if (value !== undefined) throw wrongUsage(name, 'it needs --event: an exported file says this in each line.')
  }
}

/** Plain ids are those that the sender of the usage has, also over HTTP. Which ones are meant is asked for: others count again. */
function checkIds({ event = [], transactionColumn, codeInId = false }: ImportFlags): void {
  if (codeInId && transactionColumn === undefined) throw wrongUsage('--code-in-id', 'it needs --transaction-column.')
  if (event.length === 1 || transactionColumn === undefined || codeInId) return
  throw wrongUsage(
    '--transaction-column',
    'several events of a line cannot share its id. With --code-in-id each has ID:CODE; an event that is in under the plain ' +
      'ID would count once more, so leave its --event out.',
  )
}

function readingOf({ input, sameColumns }: OpenedInput, file: string, flags: ImportFlags): EventsOfLine {
  const { timeColumn = '', transactionColumn, codeInId = false, event } = flags
  const known = (option: string, column: string): void => {
    if (input.columns.includes(column)) return
    throw wrongUsage(option, `${file} has no column ${column}; it has: ${listOf(input.columns)}.`)
  }
  if (!event) {
    for (const column of EXPORTED_COLUMNS) known('--event', column)
    return exportedEvents
  }
  known('--time-column', timeColumn)
  if (transactionColumn !== undefined) known('--transaction-column', transactionColumn)
  // A line of JSON may leave out what another one has.
  const named = sameColumns ? event.flatMap(({ fields }) => fields.map(({ column }) => column)) : []
  for (const column of named) known('--event', column)
  return mappedEvents({ ...namesOf(flags), timeColumn, transactionColumn, codeInId, events: event })
}

function namesOf({ customer = '', subscription = '', source = '' }: ImportFlags) {
  return { customer, subscription, source }
}

function listOf(names: Iterable<string>): string {
  const list = [...names].join(', ') || 'none'
  return list.length > LISTED_MAX ? `${list.slice(0, LISTED_MAX)}...` : list
}

interface Prepared {
  readonly ops: Ops
  readonly file: string
  readonly flags: ImportFlags
  readonly eventsOf: EventsOfLine
  readonly codes: ReadonlySet<string>
}

async function bringIn({ input, bytes }: OpenedInput, ports: OpsPorts, prepared: Prepared): Promise<Outcome> {
  const { ops, file, flags, eventsOf, codes } = prepared
  const dryRun = flags.dryRun === true
  const path = flags.refused ?? `${file}.refused.csv`
  const refusedFile = await RefusedFile.at({ path, isNamed: flags.refused !== undefined, input: file, dryRun })
  const unknown = new UnknownOwners(flags.organization, ports.views)
  const progress = ops.progress({ unit: 'lines' })
  const done = { lines: 0, bytes: 0 }
  const task = {
    ...{ organizationId: flags.organization, eventsOf, codes, dryRun },
    ...{ refused: refusedFile, unknown, signal: ops.signal },
    progress: (lines: number, more: number) => {
      done.lines += lines
      done.bytes += more
      // As many lines as there will be, if the others are as long as those that are done.
      progress.total(Math.max(done.lines, Math.round((done.lines * bytes) / Math.max(1, done.bytes))))
      progress.advance(lines)
    },
  }
  try {
    const totals = await importUsage(input, ports, task)
    progress.end()
    return report({ totals, refusedFile, unknown }, prepared)
  } catch (error) {
    if (error instanceof ImportRefused) throw refused(`${error.message} What came before is in; run it again.`)
    throw error
  } finally {
    progress.end()
    const left = await refusedFile.close()
    if (left === 'stays') ops.out.note(`${path} is of an earlier run, and cannot be removed: nothing was refused.`)
  }
}

interface Imported {
  readonly totals: ImportTotals
  readonly refusedFile: RefusedFile
  readonly unknown: UnknownOwners
}

function report({ totals, refusedFile, unknown }: Imported, { ops, file, flags }: Prepared): Outcome {
  const dryRun = flags.dryRun === true
  const refusedTo = refusedFile.isThere ? refusedFile.path : null
  const head = { file, dryRun, interrupted: ops.signal.aborted }
  ops.out.document({ ...head, ...totals, ...unknown.summary, refusedFile: refusedTo }, () =>
    [
      `${counted(totals.lines, 'line')} of ${file}${dryRun ? ' (nothing was written)' : ''}`,
      `  ${dryRun ? 'could be taken' : 'ingested'}  ${totals.ingested}`,
      ...(dryRun ? [] : [`  duplicates  ${totals.duplicates}`, `  conflicts  ${totals.conflicts}`]),
      `  refused  ${totals.refused}${totals.refused > 0 ? `, with them all of ${counted(totals.refusedLines, 'line')}` : ''}`,
      ...(refusedTo === null ? [] : [`  reasons in  ${refusedTo}`]),
    ].join('\n'),
  )
  for (const note of unknown.notes) ops.out.note(note)
  if (totals.lines === 0 && !ops.signal.aborted) ops.out.note(`${file} has no line below its header.`)
  if (ops.signal.aborted) {
    ops.out.release()
    throw interrupted(brokenOff(totals, dryRun))
  }
  return totals.refused + totals.conflicts > 0 ? 'differences' : 'ok'
}

function brokenOff({ lastLine }: ImportTotals, dryRun: boolean): string {
  return dryRun
    ? `Interrupted after line ${lastLine}: all up to it was checked, nothing after it; nothing is in.`
    : `Interrupted after line ${lastLine}: all up to it is in, nothing after it. Run it again to go on.`
}
