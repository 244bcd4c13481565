import { createHash } from 'node:crypto'
import type { IngestEvent } from '@billstream/usage-contracts'

/** Bytes of one message of usage. Source: architecture.md, section 5. */
const USAGE_MESSAGE_BYTES_MAX = 500_000
/** What JSON takes for a character, and for the names of an event's members, at most. */
const CHARACTER_BYTES_MAX = 6
const MEMBERS_BYTES_MAX = 500

/** Events of a request that travel in one message. */
export interface UsagePart {
  readonly shard: number
  readonly events: readonly IngestEvent[]
  /** Where each of them stands in the request. */
  readonly indexes: readonly number[]
}

interface OpenPart extends UsagePart {
  readonly events: IngestEvent[]
  readonly indexes: number[]
  roomBytes: number
}

/**
 * A request in parts, each within one message and of one shard, in the order of the request. A customer's events are of one
 * shard, and so are all events with one transaction id: only one message can tell which of them was first. An event is far
 * smaller than a message, so no part is empty.
 */
export function splitUsage(
  events: readonly IngestEvent[],
  { shards, bytesMax = USAGE_MESSAGE_BYTES_MAX }: { shards: number; bytesMax?: number },
): UsagePart[] {
  if (shards === 1 && surelyFit(events, bytesMax)) return [{ shard: 0, events, indexes: [...events.keys()] }]
  const parts: OpenPart[] = []
  const open = new Map<number, OpenPart>()
  const shardOf = shardByCustomer(shards)
  events.forEach((event, index) => {
    const bytes = Buffer.byteLength(JSON.stringify(event))
    const shard = shardOf(event)
    let part = open.get(shard)
    if (!part || bytes > part.roomBytes) {
      part = { shard, events: [], indexes: [], roomBytes: bytesMax }
      parts.push(part)
      open.set(shard, part)
    }
    part.events.push(event)
    part.indexes.push(index)
    part.roomBytes -= bytes
  })
  return parts
}

/** Nearly every request is known to fit without being written to find out. */
function surelyFit(events: readonly IngestEvent[], bytesMax: number): boolean {
  let bytes = 0
  for (const event of events) bytes += MEMBERS_BYTES_MAX + CHARACTER_BYTES_MAX * charactersOf(event)
  return bytes <= bytesMax
}

function charactersOf(event: IngestEvent): number {
  const { transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, properties, createdAt } = event
  const texts = [transactionId, externalCustomerId, externalSubscriptionId, code, timestamp, properties, createdAt]
  return texts.reduce((sum, { length }) => sum + length, 0)
}

function shardByCustomer(shards: number): (event: IngestEvent) => number {
  if (shards === 1) return () => 0
  const byTransaction = new Map<string, number>()
  return ({ transactionId, externalCustomerId }) => {
    const known = byTransaction.get(transactionId)
    if (known !== undefined) return known
    const shard = createHash('sha1').update(externalCustomerId).digest().readUInt32BE() % shards
    byTransaction.set(transactionId, shard)
    return shard
  }
}
