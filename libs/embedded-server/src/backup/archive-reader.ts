import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { Header } from 'tar'
import { BackupUnusable } from './backup-unusable'

const BLOCK_BYTES = 512

export interface ArchiveEntry {
  readonly path: string
  readonly isFolder: boolean
  readonly size: number
  /** To be read to its end before the next entry. */
  readonly content: AsyncIterable<Buffer>
}

/** The entries of an archive, in order. Throws BackupUnusable where the file is no whole archive. */
export async function* readArchive(file: string): AsyncGenerator<ArchiveEntry> {
  const gunzip = createGunzip()
  const source = createReadStream(file)
  pipeline(source, gunzip, () => undefined)
  const bytes = new ByteReader(gunzip)
  try {
    for (;;) {
      const block = await bytes.take(BLOCK_BYTES)
      const header = new Header(block, 0)
      if (header.nullBlock) break
      if (!header.cksumValid || header.path === undefined) throw new BackupUnusable('An entry has no valid header.')
      const size = header.size ?? 0
      yield {
        path: header.path.replace(/\/$/, ''),
        isFolder: header.type === 'Directory',
        size,
        content: bytes.stream(size),
      }
      await bytes.take((BLOCK_BYTES - (size % BLOCK_BYTES)) % BLOCK_BYTES)
    }
    // The checksum of the whole stands at its end.
    await bytes.rest()
  } finally {
    source.destroy()
  }
}

function isDamage(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return typeof code === 'string' && (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE')
}

/** Takes bytes from a stream in the sizes that are asked for. */
class ByteReader {
  private readonly chunks: AsyncIterator<Buffer>
  private left: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterable<Buffer>) {
    this.chunks = source[Symbol.asyncIterator]()
  }

  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = []
    for await (const part of this.stream(size)) parts.push(part)
    return Buffer.concat(parts)
  }

  async *stream(size: number): AsyncGenerator<Buffer> {
    for (let wanted = size; wanted > 0;) {
      if (this.left.length === 0 && !(await this.more())) throw new BackupUnusable('The file ends too early.')
      const part = this.left.subarray(0, wanted)
      this.left = this.left.subarray(part.length)
      wanted -= part.length
      yield part
    }
  }

  async rest(): Promise<void> {
    while (await this.more());
  }

  private async more(): Promise<boolean> {
    // Also whoever reads an entry's content meets the damage here.
    const step = await this.chunks.next().catch((error: unknown) => {
      throw isDamage(error) ? new BackupUnusable(`The file is damaged: ${(error as Error).message}`) : error
    })
    if (step.done === true) return false
    this.left = step.value
    return true
  }
}
