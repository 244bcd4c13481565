import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip, type Gzip } from 'node:zlib'
import { Header } from 'tar'

const BLOCK_BYTES = 512
const READ_BYTES = 256 * 1024
/** Data files are mostly written as they are read: a stronger level costs more than it saves. */
const GZIP_LEVEL = 1

/** A file as it went into the archive. */
export interface ArchivedFile {
  readonly path: string
  readonly size: number
  /** In hex. */
  readonly sha256: string
}

/**
 * A tar file in gzip, written as a stream. A file may change while it is read: it goes in with the size that it had at first,
 * a missing end as zeros, as the copy of a data folder of PostgreSQL asks.
 */
export class ArchiveWriter {
  readonly files: ArchivedFile[] = []
  private readonly gzip: Gzip
  private readonly written: Promise<void>

  constructor(file: string) {
    this.gzip = createGzip({ level: GZIP_LEVEL })
    const target = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true })
    this.written = pipeline(this.gzip, target)
    // Who writes or ends meets the failure.
    this.written.catch(() => undefined)
  }

  async addFolder(path: string): Promise<void> {
    await this.write(headerOf(path, 0, 'Directory'))
  }

  async addText(path: string, text: string): Promise<void> {
    const content = Buffer.from(text)
    await this.add(path, content.length, Readable.from([content]))
  }

  /** false: it is gone. */
  async addFile(path: string, source: string): Promise<boolean> {
    const handle = await open(source, 'r').catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    })
    if (!handle) return false
    try {
      const { size } = await handle.stat()
      const end = Math.max(0, size - 1)
      const content =
        size === 0 ? Readable.from([]) : handle.createReadStream({ end, autoClose: false, highWaterMark: READ_BYTES })
      await this.add(path, size, content)
      return true
    } finally {
      await handle.close()
    }
  }

  /** Resolves when all is on disk. */
  async end(): Promise<void> {
    await this.write(Buffer.alloc(2 * BLOCK_BYTES))
    this.gzip.end()
    await this.written
  }

  /** Leaves a half archive, which the caller removes. */
  async abandon(): Promise<void> {
    this.gzip.destroy()
    await this.written.catch(() => undefined)
  }

  private async add(path: string, size: number, content: AsyncIterable<Buffer>): Promise<void> {
    const hash = createHash('sha256')
    const put = async (bytes: Buffer): Promise<void> => {
      hash.update(bytes)
      await this.write(bytes)
    }
    await this.write(headerOf(path, size, 'File'))
    let left = size
    for await (const chunk of content) {
      left -= chunk.length
      await put(chunk)
    }
    for (; left > 0; left -= Math.min(left, READ_BYTES)) await put(Buffer.alloc(Math.min(left, READ_BYTES)))
    await this.write(Buffer.alloc((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES))
    this.files.push({ path, size, sha256: hash.digest('hex') })
  }

  private async write(bytes: Buffer): Promise<void> {
    if (this.gzip.destroyed) return this.written
    if (this.gzip.write(bytes)) return
    // A failed target destroys the stream, which then drains no more.
    await Promise.race([once(this.gzip, 'drain'), this.written])
  }
}

function headerOf(path: string, size: number, type: 'File' | 'Directory'): Buffer {
  const mode = type === 'Directory' ? 0o700 : 0o600
  const block = Buffer.alloc(BLOCK_BYTES)
  const header = new Header({ path: type === 'Directory' ? `${path}/` : path, mode, size, type, mtime: new Date(0) })
  if (header.encode(block, 0)) throw new Error(`The path is too long for an archive: ${path}`)
  return block
}
