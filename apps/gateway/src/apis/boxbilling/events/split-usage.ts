import type { IngestEvent } from '@billstream/usage-contracts'

/** Bytes of one message of usage. Source: architecture.md, section 5. */
const USAGE_MESSAGE_BYTES_MAX = 500_000

/** Consecutive parts, each within one message. An event is far smaller than a message, so none is empty. */
export function splitUsage(events: readonly IngestEvent[], bytesMax = USAGE_MESSAGE_BYTES_MAX): IngestEvent[][] {
  const parts: IngestEvent[][] = []
  let room = 0
  for (const event of events) {
    const bytes = Buffer.byteLength(JSON.stringify(event))
    const part = bytes <= room ? parts.at(-1) : undefined
    if (part) part.push(event)
    else parts.push([event])
    room = (part ? room : bytesMax) - bytes
  }
  return parts
}
