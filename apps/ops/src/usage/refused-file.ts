import { constants } from 'node:fs'
import { access, open, rm, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { wrongUsage } from '../console/outcome'
import { csvLine } from './csv-text'
import type { LineRefusal } from './line-events'

const COLUMNS = ['line', 'event', 'code', 'field', 'message'] as const
const HEADER = csvLine(COLUMNS)

interface RefusedFileOptions {
  readonly path: string
  /** Whether the operator named the path; else it is the usual one beside the input. */
  readonly isNamed: boolean
  /** The file that is imported, which is never written to. */
  readonly input: string
  readonly dryRun: boolean
}

/**
 * What was not taken, with line and reason, as CSV. There is no file when there is nothing, and none is made before: usage may
 * lie where nobody may write.
 */
export class RefusedFile {
  private writing = Promise.resolve()
  private handle: FileHandle | undefined
  private isEmpty = true

  private constructor(
    private readonly options: RefusedFileOptions,
    private readonly isEarlierThere: boolean,
  ) {}

  /**
   * What an earlier run has left there is replaced; a dry run removes nothing. Throws CommandEnded naming the option where the file
   * holds anything else, or where one that was named cannot be written: before anything is taken.
   */
  static async at(options: RefusedFileOptions): Promise<RefusedFile> {
    const { path, input, isNamed } = options
    try {
      const isNew = await assertOurs(path, input)
      if (isNamed) await access(isNew ? dirname(path) : path, constants.W_OK)
      return new RefusedFile(options, !isNew)
    } catch (error) {
      throw wrongUsage('--refused', `${path} cannot be written (${codeOf(error)}); name another file.`)
    }
  }

  get path(): string {
    return this.options.path
  }

  get isThere(): boolean {
    return this.handle !== undefined
  }

  /**
   * One after the other, whoever adds. Throws CommandEnded where the list cannot be written: nothing is refused without a reason
   * that can be read, and a repeat with another file lists all of them.
   */
  add(refusals: readonly LineRefusal[]): Promise<void> {
    const [first] = refusals
    if (first) {
      this.isEmpty = false
      this.writing = this.writing.then(() => this.write(first, refusals))
    }
    return this.writing
  }

  /** Removes an earlier list where nothing was refused. `stays`: it is there still, and cannot be removed. */
  async close(): Promise<'stays' | 'gone'> {
    await this.handle?.close()
    if (!this.isEmpty || this.options.dryRun || !this.isEarlierThere) return 'gone'
    try {
      await rm(this.path, { force: true })
      return 'gone'
    } catch (error) {
      if (isOfFiles(error)) return 'stays'
      throw error
    }
  }

  private async write(first: LineRefusal, refusals: readonly LineRefusal[]): Promise<void> {
    this.handle ??= await this.begin(first)
    const lines = refusals.map((refusal) => csvLine(COLUMNS.map((column) => String(refusal[column]))))
    await this.handle.write(lines.join(''))
  }

  /** Looks once more: something else may have come there since. */
  private async begin({ line, message }: LineRefusal): Promise<FileHandle> {
    const { path, input } = this.options
    try {
      await assertOurs(path, input)
      const handle = await open(path, 'a', 0o600)
      await handle.truncate()
      await handle.write(HEADER)
      return handle
    } catch (error) {
      const why = `line ${line} is not taken (${message}), and ${path}, which would list it, cannot be written (${codeOf(error)})`
      throw wrongUsage('--refused', `${why}. Name another file and run it again: what is in counts once.`)
    }
  }
}

/** The code of a failure of the file system, such as EACCES; every other error is thrown again. */
function codeOf(error: unknown): string {
  if (!isOfFiles(error)) throw error
  return String(error.code)
}

function isOfFiles(error: unknown): error is NodeJS.ErrnoException {
  return (error as NodeJS.ErrnoException).syscall !== undefined
}

/** Resolves with whether there is nothing yet at the path, which may also be a link. */
async function assertOurs(path: string, input: string): Promise<boolean> {
  const [before, read] = await Promise.all([statOf(path), statOf(input)])
  if (!before) return true
  if (before.dev === read?.dev && before.ino === read.ino) {
    throw wrongUsage('--refused', `${path} is the file that is imported.`)
  }
  if (before.isFile() && (before.size === 0n || (await beginOf(path)) === HEADER)) return false
  throw wrongUsage('--refused', `${path} is there already and is no list of refused lines; name another file.`)
}

async function statOf(path: string) {
  try {
    return await stat(path, { bigint: true })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function beginOf(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}
