import { open } from 'node:fs/promises'

/** The longest of what kinds of files begin with, in bytes. */
const LOOKED_AT_BYTES = 4

const PACKED = [
  { magic: Buffer.from([0x1f, 0x8b]), problem: 'is packed with gzip: unpack it first (gunzip).' },
  { magic: Buffer.from('PK\u0003\u0004'), problem: 'is a zip archive or a workbook: unpack it, or save it as CSV.' },
] as const

/** Why a file is no text, by its first bytes; undefined where they do not say so. Throws the system's error. */
export async function whyNoText(file: string): Promise<string | undefined> {
  const begin = await beginOf(file)
  return PACKED.find(({ magic }) => begin.subarray(0, magic.length).equals(magic))?.problem
}

async function beginOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(LOOKED_AT_BYTES), 0, LOOKED_AT_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
