import { open, rm, stat, type FileHandle } from 'node:fs/promises'
import { wrongUsage } from '../console/outcome'
import { csvLine } from './csv-text'
import type { LineRefusal } from './line-events'

const COLUMNS = ['line', 'event', 'code', 'field', 'message'] as const
const HEADER = csvLine(COLUMNS)

interface RefusedFileOptions {
  /** The file that is imported, which is never written to. */
  readonly input: string
  readonly dryRun: boolean
}

/** What was not taken, with line and reason, as CSV. There is no file when there is nothing. */
export class RefusedFile {
  private writing = Promise.resolve()
  private written = false

  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
    private readonly keepsEarlier: boolean,
  ) {}

  /**
   * Open from here on, so that a file that cannot be written is named before anything is taken. What an earlier run has left there
   * is replaced; a dry run removes nothing. Throws CommandEnded naming the option where the file holds anything else.
   */
  static async at(path: string, { input, dryRun }: RefusedFileOptions): Promise<RefusedFile> {
    try {
      const isNew = await assertOurs(path, input)
      return new RefusedFile(path, await open(path, 'a', 0o600), dryRun && !isNew)
    } catch (error) {
      const { code, syscall } = error as NodeJS.ErrnoException
      if (syscall === undefined) throw error
      throw wrongUsage('--refused', `${path} cannot be written (${String(code)}); name another file.`)
    }
  }

  get isThere(): boolean {
    return this.written
  }

  /** One after the other, whoever adds. */
  add(refusals: readonly LineRefusal[]): Promise<void> {
    if (refusals.length > 0) this.writing = this.writing.then(() => this.write(refusals))
    return this.writing
  }

  async close(): Promise<void> {
    await this.handle.close()
    if (!this.written && !this.keepsEarlier) await rm(this.path, { force: true })
  }

  private async write(refusals: readonly LineRefusal[]): Promise<void> {
    if (!this.written) {
      this.written = true
      await this.handle.truncate()
      await this.handle.write(HEADER)
    }
    const lines = refusals.map((refusal) => csvLine(COLUMNS.map((column) => String(refusal[column]))))
    await this.handle.write(lines.join(''))
  }
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
