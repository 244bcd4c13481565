import { TextDecoder } from 'node:util'
import type { ReadingPlace } from './reading-place'

const UTF_16_MARK = Buffer.from([0xff, 0xfe])

/**
 * The bytes of a text file in UTF-8. Spreadsheets also write UTF-16, which its first two bytes tell. place: is told of what is
 * handed on.
 */
export async function* inUtf8(source: AsyncIterable<Buffer>, place: ReadingPlace): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined
  let isFirst = true
  for await (const chunk of source) {
    if (isFirst && chunk.subarray(0, 2).equals(UTF_16_MARK)) decoder = new TextDecoder('utf-16le')
    isFirst = false
    const text = decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk
    place.hand(chunk.length, text.length)
    yield text
  }
  if (decoder) yield Buffer.from(decoder.decode())
}
