import * as fc from 'fast-check'
import { derivedId, instantOfMicros, timeOrderedId } from '@billstream/kernel'
import { distinctOf, measureEvents } from '@billstream/rating'
import type { UsageEvent, UsageLog } from '@billstream/event-sourcing-runtime'

const START_MICROS = 1_780_272_000_000_000n // 2026-06-01
const HOUR_MICROS = 3_600_000_000n
const CODES = ['tokens', 'models']

interface Drawn {
  readonly transaction: number
  readonly second: number
  readonly micro: number
  readonly value: number
  readonly subscription: '' | 'acme-main' | 'acme-second'
  readonly code: string
}

/** Few ids, seconds and values, so that repeats, ties and equal distinct values are many. */
const drawn: fc.Arbitrary<Drawn> = fc.record({
  transaction: fc.nat(60),
  second: fc.nat(4 * 3600),
  micro: fc.nat(2),
  value: fc.integer({ min: -3_000, max: 3_000 }),
  subscription: fc.constantFrom<Drawn['subscription']>('', 'acme-main', 'acme-second'),
  code: fc.constantFrom(...CODES),
})
/** Bounds in minutes, so that most break an hour and some are inside one. */
const bounds = fc.tuple(fc.nat(240), fc.nat(240)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }))
/** Where the events are cut into batches, and in what order they come. */
const delivery = fc.record({
  seed: fc.nat(),
  batchSize: fc.integer({ min: 1, max: 25 }),
  callers: fc.integer({ min: 1, max: 3 }),
})

/**
 * Any order, any duplication and any batching of the same usage measures the same, and it is what rating makes of the single
 * events. Source: domain.md, section 14 (4).
 */
export function usageMeasuresTheSame(given: () => UsageLog, numRuns: number): void {
  it('measures what rating makes of the single events, in whatever order, batches and repeats they come', () =>
    fc.assert(
      fc.asyncProperty(fc.array(drawn, { maxLength: 60 }), bounds, delivery, async (draws, { from, to }, how) => {
        const organizationId = timeOrderedId()
        const events = uniqueEvents(draws)
        await deliver(given(), organizationId, events, how)
        const period = { from: minute(from), to: minute(to) }
        const who = { organizationId, externalCustomerId: 'acme', externalSubscriptionId: 'acme-main' }
        const ids = { measurementId: timeOrderedId(), invoiceId: timeOrderedId(), subscriptionId: timeOrderedId() }
        const measurement = await given().measure({
          ...{ ...who, ...ids, request: null, corrections: [], settles: false },
          period: { ...period, codes: CODES },
        })
        const expected = CODES.map((code) => ({ code, ...measureEvents(inScope(events, code, { from, to })) }))
        expect(measurement.metrics).toEqual(expected)
        expect(await given().current({ ...who, ...period, codes: CODES })).toEqual(expected)
        expect((await given().list(organizationId, { skip: 0, limit: 1 })).total).toBe(events.length)
      }),
      { numRuns },
    ))
}

/** Each caller sends everything, in an order and in batches of its own, all at the same time. */
async function deliver(
  log: UsageLog,
  organizationId: string,
  events: readonly UsageEvent[],
  { seed, batchSize, callers }: { seed: number; batchSize: number; callers: number },
): Promise<void> {
  const sendAll = async (caller: number) => {
    const order = [...events, ...events.slice(0, caller * 5)].sort((a, b) => compare(rank(a), rank(b)))
    function rank({ transactionId }: UsageEvent) {
      return derivedId(seed, caller, transactionId)
    }
    for (let start = 0; start < order.length; start += batchSize * 2) {
      const halves = [order.slice(start, start + batchSize), order.slice(start + batchSize, start + batchSize * 2)]
      await log.ingest(halves.map((half) => ({ requestId: timeOrderedId(), organizationId, events: half })))
    }
  }
  await Promise.all(Array.from({ length: callers }, (_, caller) => sendAll(caller)))
}

function uniqueEvents(draws: readonly Drawn[]): UsageEvent[] {
  return [...new Map(draws.map((each) => [each.transaction, each])).values()].map((each) => {
    const number = String(each.value / 1_000)
    const timestamp = instantOfMicros(START_MICROS + BigInt(each.second) * 1_000_000n + BigInt(each.micro))
    return {
      id: timeOrderedId(),
      transactionId: `tx-${each.transaction}-${each.transaction % 2 ? 'é' : '😀'}`,
      externalCustomerId: 'acme',
      externalSubscriptionId: each.subscription,
      code: each.code,
      timestamp,
      properties: `{"value":${number}}`,
      value: each.code === 'tokens' ? number : null,
      distinct: each.code === 'models' ? (distinctOf(each.value % 5) ?? null) : null,
      contentHash: '0'.repeat(64),
      createdAt: '2026-07-01T00:00:00.000Z',
    }
  })
}

function inScope(events: readonly UsageEvent[], code: string, { from, to }: { from: number; to: number }) {
  return events
    .filter((event) => event.code === code && event.externalSubscriptionId !== 'acme-second')
    .filter(({ timestamp }) => minute(from) <= canonical(timestamp) && canonical(timestamp) < minute(to))
    .map(({ timestamp, transactionId, value, distinct }) => ({
      timestamp,
      transactionId,
      ...(value !== null && { value }),
      ...(distinct !== null && { distinct }),
    }))
}

/** Comparable as text with a whole minute. */
function canonical(timestamp: string): string {
  return timestamp.length === 24 ? timestamp : timestamp.replace(/\d{3}Z$/, 'Z')
}

function minute(minutes: number): string {
  return instantOfMicros(START_MICROS + (BigInt(minutes) * HOUR_MICROS) / 60n)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1
}
