import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import type { Writable } from 'node:stream'
import { compareInstants } from '@billstream/kernel'
import type { Command } from 'commander'
import { counted, verbOf } from '../console/counted'
import { interrupted, wrongUsage, type CommandEnded } from '../console/outcome'
import { filled, id, instant, subcommand } from '../console/subcommand'
import type { Ops, OpsPorts } from '../ops'
import { exportUsage, type ExportFormat, type UsageExport } from './export-usage'
import { assertMetric, assertOrganization, metricCodes } from './usage-scope'

const FORMATS: Readonly<Record<string, ExportFormat>> = { '.csv': 'csv', '.jsonl': 'jsonl', '.ndjson': 'jsonl' }
const STANDARD_OUTPUT = '-'

interface ExportFlags {
  readonly organization: string
  readonly customer?: string
  readonly code?: string
  readonly from?: string
  readonly to?: string
}

/** `ops usage export`: usage into a file that `usage import` takes as it is. */
export function registerExportCommand(usage: Command, ops: Ops): void {
  subcommand(usage, 'export <file>', {
    description:
      'Writes usage into a .csv or .jsonl file, or to standard output (-) as JSON lines; it can be imported again.',
    example: 'usage export acme.jsonl --organization 0192... --customer acme --from 2026-07-01 --to 2026-08-01',
  })
    .requiredOption('--organization <id>', 'whose usage it is', id)
    .option('--customer <id>', 'external id of one customer', filled)
    .option('--code <code>', 'code of one metric', filled)
    .option('--from <instant>', 'first instant', instant)
    .option('--to <instant>', 'the instant before which it ends', instant)
    .action(ops.does((file: string, flags: ExportFlags) => runExport(ops, file, flags)))
}

async function runExport(ops: Ops, file: string, flags: ExportFlags): Promise<undefined> {
  const format = file === STANDARD_OUTPUT ? 'jsonl' : FORMATS[extname(file).toLowerCase()]
  if (!format) throw wrongUsage('file', `${file} must end in ${Object.keys(FORMATS).join(', ')}, or be -.`)
  const { from, to } = flags
  if (from !== undefined && to !== undefined && compareInstants(from, to) >= 0) {
    throw wrongUsage('--to', 'must be later than --from.')
  }
  const ports = await ops.open()
  await assertOrganization(ports, flags.organization)
  await assertCode(ports, flags)
  const progress = ops.progress({ unit: 'events' })
  const task = {
    ...{ organizationId: flags.organization, filter: filterOf(flags), format, signal: ops.signal },
    isShown: file === STANDARD_OUTPUT && process.stdout.isTTY,
    progress: (events: number) => progress.advance(events),
  }
  const write = (out: Writable): Promise<number> => exportUsage(ports.usageLog, out, task)
  const written = await (file === STANDARD_OUTPUT ? write(process.stdout) : intoFile(file, ops.signal, write)).finally(
    () => progress.end(),
  )
  if (ops.signal.aborted) throw brokenOff(file, written)
  if (file !== STANDARD_OUTPUT) {
    ops.out.document(
      { file, events: written },
      () => `${counted(written, 'event')} ${verbOf(written, 'is', 'are')} in ${file}.`,
    )
  }
}

function brokenOff(file: string, written: number): CommandEnded {
  if (file === STANDARD_OUTPUT)
    return interrupted(`It was broken off behind ${counted(written, 'event')}: there may be more.`)
  return interrupted(
    `It was broken off behind ${counted(written, 'event')}: ${file} was not written, and nothing was left behind.`,
  )
}

/** Usage of a metric that was removed is there still. */
async function assertCode(ports: OpsPorts, { organization, code }: ExportFlags): Promise<void> {
  if (code === undefined || (await ports.usageLog.hasEvents(organization, code))) return
  assertMetric('--code', code, await metricCodes(ports, organization))
}

function filterOf({ customer, code, from, to }: ExportFlags): UsageExport['filter'] {
  return {
    ...(customer !== undefined && { externalCustomerId: customer }),
    ...(code !== undefined && { code }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  }
}

/** Whole or not at all. */
async function intoFile(file: string, signal: AbortSignal, write: (out: Writable) => Promise<number>): Promise<number> {
  const partial = `${file}.partial`
  const out = createWriteStream(partial, { mode: 0o600 })
  try {
    // The stream fails before anything is written where the folder is missing.
    await once(out, 'open')
    const written = await write(out)
    out.end()
    await once(out, 'close')
    if (!signal.aborted) await rename(partial, file)
    return written
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (syscall === 'open') throw wrongUsage('file', `${file} cannot be written (${String(code)}).`)
    throw error
  } finally {
    out.destroy()
    await rm(partial, { force: true })
  }
}
