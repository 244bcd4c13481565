import { TextDecoder } from 'node:util'

const UTF_16_MARK = Buffer.from([0xff, 0xfe])

/** The bytes of a text file in UTF-8. Spreadsheets also write UTF-16, which its first two bytes tell. */
export async function* inUtf8(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined
  let isFirst = true
  for await (const chunk of source) {
    if (isFirst && chunk.subarray(0, 2).equals(UTF_16_MARK)) decoder = new TextDecoder('utf-16le')
    isFirst = false
    yield decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk
  }
  if (decoder) yield Buffer.from(decoder.decode())
}
