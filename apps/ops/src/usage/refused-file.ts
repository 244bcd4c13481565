import { open, rm, type FileHandle } from 'node:fs/promises'
import { csvLine } from './csv-text'
import type { LineRefusal } from './line-events'

const COLUMNS = ['line', 'event', 'code', 'field', 'message'] as const

/** What was not taken, with line and reason, as CSV. There is no file when there is nothing. */
export class RefusedFile {
  private handle: FileHandle | undefined
  private writing = Promise.resolve()

  private constructor(readonly path: string) {}

  /** Removes what an earlier run has left there. */
  static async at(path: string): Promise<RefusedFile> {
    await rm(path, { force: true })
    return new RefusedFile(path)
  }

  get isThere(): boolean {
    return this.handle !== undefined
  }

  /** One after the other, whoever adds. */
  add(refusals: readonly LineRefusal[]): Promise<void> {
    if (refusals.length > 0) this.writing = this.writing.then(() => this.write(refusals))
    return this.writing
  }

  async close(): Promise<void> {
    await this.handle?.close()
  }

  private async write(refusals: readonly LineRefusal[]): Promise<void> {
    if (!this.handle) {
      this.handle = await open(this.path, 'w', 0o600)
      await this.handle.write(csvLine(COLUMNS))
    }
    const lines = refusals.map((refusal) => csvLine(COLUMNS.map((column) => String(refusal[column]))))
    await this.handle.write(lines.join(''))
  }
}
