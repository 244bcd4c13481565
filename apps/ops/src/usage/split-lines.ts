import type { ReadingPlace } from './reading-place'

const NEWLINE = 0x0a

/** text: without its end; undefined when the line is too long, of which nothing is kept. */
export interface TextLine {
  /** From 1. */
  readonly line: number
  readonly text: string | undefined
}

/**
 * The lines of a stream of bytes in UTF-8, the last one also without an end. Holds one line of at most `bytesMax` in memory.
 * place: is told of each line that is taken.
 */
export async function* splitLines(
  source: AsyncIterable<Buffer>,
  bytesMax: number,
  place: ReadingPlace,
): AsyncGenerator<TextLine> {
  let line = 0
  let kept: Buffer[] = []
  let bytes = 0
  const keep = (part: Buffer): void => {
    bytes += part.length
    if (bytes > bytesMax) kept = []
    else kept.push(part)
  }
  const take = (): TextLine => {
    line += 1
    place.take(bytes + 1)
    const text = bytes > bytesMax ? undefined : Buffer.concat(kept).toString('utf8')
    kept = []
    bytes = 0
    return { line, text: line === 1 ? text?.replace(/^\uFEFF/, '') : text }
  }
  for await (const chunk of source) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      keep(chunk.subarray(start, end))
      start = end + 1
      yield take()
    }
    keep(chunk.subarray(start))
  }
  if (bytes > 0) yield take()
}
