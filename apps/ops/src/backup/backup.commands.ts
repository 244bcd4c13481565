import type { Command } from 'commander'
import { counted } from '../console/counted'
import { CommandEnded, type Outcome } from '../console/outcome'
import { subcommand } from '../console/subcommand'
import type { Ops } from '../ops'
import type { RegisterCommands } from '../program'
import type { Vault } from './vault'

const BYTES_PER_MB = 1_000_000

/** `ops backup` and `ops restore`: the embedded profile in one file. */
export function backupCommands(vault: Vault): RegisterCommands {
  return (program: Command, ops: Ops) => {
    subcommand(program, 'backup <file>', {
      description:
        'Copies the whole embedded profile (events, usage, views, secrets) into one .tar.gz file, while it runs.',
      example: 'backup billstream-2026-07-01.tar.gz',
    }).action(ops.does((file: string) => backup(ops, vault, file)))
    subcommand(program, 'restore <file>', {
      description: 'Puts a backup into an empty folder, starts its database once and looks at what is in it.',
      example: 'restore billstream-2026-07-01.tar.gz --data-dir .data-restored',
    })
      .requiredOption('--data-dir <folder>', 'the DATA_DIR to be made; must be empty or not there')
      .action(ops.does((file: string, flags: { dataDir: string }) => restore(ops, vault, { file, ...flags })))
  }
}

async function backup(ops: Ops, vault: Vault, file: string): Promise<Outcome> {
  const done = await watched(ops, (watch) => vault.backup(file, watch), file)
  const { bytes, files, facts, endedAt } = done
  ops.out.document(
    { file, ...done },
    () =>
      `${file}: ${megabytes(bytes)} in ${counted(files, 'file')}, store at position ${facts.head}, as it was at ${endedAt}.`,
  )
  ops.out.note('It holds the secrets of DATA_DIR, by which sealed data can be read: keep it as you keep them.')
  return 'ok'
}

async function restore(ops: Ops, vault: Vault, { file, dataDir }: { file: string; dataDir: string }): Promise<Outcome> {
  const restored = await watched(ops, (watch) => vault.restore(file, dataDir, watch), dataDir)
  const { facts, events, usageEvents } = restored
  ops.out.document({ file, dataDir, ...restored }, () =>
    [
      `${dataDir} is as it was ${momentOf(restored)}; each file has its checksum.`,
      `  store at position ${facts.head}, ${counted(events, 'event')}`,
      `  ${counted(usageEvents, 'usage event')}, as their aggregates count`,
      `  ${counted(facts.migrations.length, 'migration')}`,
      `Start it with DATA_DIR=${dataDir}.`,
    ].join('\n'),
  )
  return 'ok'
}

/** Not when the backup began: what happened while it was taken is in it. */
function momentOf({ startedAt, endedAt }: { startedAt: string; endedAt: string | null }): string {
  if (endedAt !== null) return `at ${endedAt}, when the backup ended`
  return `when the backup ended that began at ${startedAt} (it does not say when that was)`
}

type Watch = Parameters<Vault['backup']>[1]

/** made: what is there in the end, or not at all. */
async function watched<T>(ops: Ops, work: (watch: Watch) => Promise<T>, made: string): Promise<T> {
  const progress = ops.progress({ unit: 'MB' })
  let [bytes, told] = [0, 0]
  const advance = (more: number, total?: number): void => {
    bytes += more
    if (total !== undefined) progress.total(Math.ceil(total / BYTES_PER_MB))
    const whole = Math.floor(bytes / BYTES_PER_MB)
    progress.advance(whole - told)
    told = whole
  }
  try {
    return await work({ signal: ops.signal, progress: advance, removed: (path) => tellRemoved(ops, path) })
  } catch (error) {
    if (!ops.signal.aborted) throw error
    throw new CommandEnded('interrupted', `It was broken off: ${made} was not made, and nothing was left behind.`)
  } finally {
    progress.end()
  }
}

function tellRemoved(ops: Ops, path: string): void {
  ops.out.aside({ removed: path }, `${path} was removed: an earlier try, whose process was killed, had left it.`)
}

function megabytes(bytes: number): string {
  return `${(bytes / BYTES_PER_MB).toFixed(1)} MB`
}
