import { createReadStream } from 'node:fs'
import { pipeline, Writable } from 'node:stream'
import { pipeline as pipelineToEnd } from 'node:stream/promises'
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

/** The entries of an archive, in order. Throws BackupUnusable where the file is no whole archive, before the first entry. */
export async function* readArchive(file: string, signal: AbortSignal): AsyncGenerator<ArchiveEntry> {
  await checkWhole(file, signal)
  const gunzip = createGunzip()
  const source = createReadStream(file)
  pipeline(source, gunzip, () => undefined)
  const bytes = new ByteReader(gunzip)
  try {
    for (;;) {
      const header = readHeader(await bytes.take(BLOCK_BYTES))
      if (!header) break
      yield { ...header, content: bytes.stream(header.size) }
      await bytes.take((BLOCK_BYTES - (header.size % BLOCK_BYTES)) % BLOCK_BYTES)
    }
  } finally {
    source.destroy()
  }
}

/** The checksum of the whole stands at its end: damaged bytes must be known before any of them is believed. */
async function checkWhole(file: string, signal: AbortSignal): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  await pipelineToEnd(createReadStream(file), createGunzip(), nowhere, { signal }).catch(sayDamage)
}

/** undefined: the end of the archive. */
function readHeader(block: Buffer): Omit<ArchiveEntry, 'content'> | undefined {
  const header = decode(block)
  if (header?.nullBlock === true) return undefined
  if (header?.cksumValid !== true || header.path === undefined)
    throw new BackupUnusable('An entry has no valid header.')
  const size = header.size ?? 0
  return { path: header.path.replace(/\/$/, ''), isFolder: header.type === 'Directory', size }
}

/** undefined: the library throws on numbers that it cannot read. */
function decode(block: Buffer): Header | undefined {
  try {
    return new Header(block, 0)
  } catch {
    return undefined
  }
}

function sayDamage(error: unknown): never {
  throw isDamage(error) ? new BackupUnusable(`The file is damaged: ${(error as Error).message}`) : error
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

  private async more(): Promise<boolean> {
    const step = await this.chunks.next().catch(sayDamage)
    if (step.done === true) return false
    this.left = step.value
    return true
  }
}
