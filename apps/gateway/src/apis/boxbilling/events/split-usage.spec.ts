import * as fc from 'fast-check'
import type { IngestEvent } from '@billstream/usage-contracts'
import { splitUsage } from './split-usage'

const eventOf = (properties: string, transactionId = 't', externalCustomerId = 'c'): IngestEvent => ({
  transactionId,
  externalCustomerId,
  externalSubscriptionId: '',
  code: 'calls',
  timestamp: '2026-06-01T00:00:00.000Z',
  properties,
  createdAt: '2026-06-01T00:00:00.000Z',
})

describe('usage that is too much for one message', () => {
  // Quotes and control characters take up to six bytes in JSON.
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom('"', '\\', '\u0001', 'é', '😀'), fc.string()),
    maxLength: 300,
  })
  const texts = fc.array(text, { minLength: 1, maxLength: 50 })

  it('is split in order, with every part within the bound', () =>
    fc.assert(
      fc.property(texts, fc.integer({ min: 1_500, max: 40_000 }), (texts, bytesMax) => {
        const events = texts.map((text) => eventOf(text))
        const parts = splitUsage(events, { shards: 1, bytesMax })
        expect(parts.flatMap((part) => part.events)).toEqual(events)
        expect(parts.flatMap(({ indexes }) => indexes)).toEqual(events.map((_, index) => index))
        for (const part of parts) {
          const bytes = part.events.reduce((sum, event) => sum + Buffer.byteLength(JSON.stringify(event)), 0)
          expect(part.events.length === 1 || bytes <= bytesMax).toBe(true)
        }
      }),
    ))

  it('stays whole where it fits', () =>
    expect(splitUsage([eventOf('{}'), eventOf('{}')], { shards: 1 })).toHaveLength(1))
})

describe('usage of many customers over several shards', () => {
  const events = fc.array(
    fc.record({ transaction: fc.integer({ min: 0, max: 9 }), customer: fc.integer({ min: 0, max: 9 }) }),
    { minLength: 1, maxLength: 60 },
  )

  it('loses no event and no place, and keeps the order within a shard', () =>
    fc.assert(
      fc.property(events, fc.integer({ min: 2, max: 6 }), (drawn, shards) => {
        const sent = drawn.map(({ transaction, customer }) => eventOf('{}', `t${transaction}`, `c${customer}`))
        const parts = splitUsage(sent, { shards, bytesMax: 1_000 })
        const places = parts.flatMap(({ indexes }) => indexes)
        expect([...places].sort((a, b) => a - b)).toEqual(sent.map((_, index) => index))
        for (const { events: inPart, indexes } of parts) expect(inPart).toEqual(indexes.map((index) => sent[index]))
        for (let shard = 0; shard < shards; shard += 1) {
          const ofShard = parts.filter((part) => part.shard === shard).flatMap(({ indexes }) => indexes)
          expect(ofShard).toEqual([...ofShard].sort((a, b) => a - b))
        }
      }),
    ))

  it('has all events of a transaction id in one shard, and a customer without shared ones too', () =>
    fc.assert(
      fc.property(events, (drawn) => {
        const sent = drawn.map(({ transaction, customer }) => eventOf('{}', `t${transaction}`, `c${customer}`))
        const shardsOf = new Map<string, Set<number>>()
        for (const { shard, events: inPart } of splitUsage(sent, { shards: 4 })) {
          for (const { transactionId } of inPart) {
            shardsOf.set(transactionId, (shardsOf.get(transactionId) ?? new Set()).add(shard))
          }
        }
        for (const shards of shardsOf.values()) expect(shards.size).toBe(1)
      }),
    ))

  it('keeps a customer together', () => {
    const sent = Array.from({ length: 40 }, (_, index) => eventOf('{}', `t${index}`, `c${index % 4}`))
    const parts = splitUsage(sent, { shards: 6 })
    for (const customer of ['c0', 'c1', 'c2', 'c3']) {
      const holding = parts.filter((part) => part.events.some((event) => event.externalCustomerId === customer))
      expect(holding).toHaveLength(1)
    }
  })
})
