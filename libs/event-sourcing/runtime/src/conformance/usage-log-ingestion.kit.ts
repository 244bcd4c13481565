import { timeOrderedId } from '@billstream/kernel'
import type { IngestOutcome, UsageBatch, UsageLog } from '../ports/usage-log.port'
import { batchOf, newTenant, scopeOf, usageEvent } from './usage-log.samples'

const LARGE_BATCH = 3_000
const CALLERS = 8

/** Deduplication for ever, in and across batches, requests and callers. */
export function usageIngestion(given: () => UsageLog): void {
  describe('an ingestion', () => {
    repeats(given)
    conflicts(given)
    redelivery(given)
    races(given)
  })
}

function repeats(given: () => UsageLog): void {
  it('keeps events and answers in the order given', async () => {
    const tenant = newTenant()
    const events = [usageEvent('c'), usageEvent('a'), usageEvent('b')]
    const [outcomes] = await ingest(given(), batchOf(tenant, events))
    expect(outcomes).toEqual(events.map((event) => ({ kind: 'created', event })))
  })

  it('counts an id that comes twice in a batch once', async () => {
    const tenant = newTenant()
    const event = usageEvent('once')
    const [outcomes] = await ingest(given(), batchOf(tenant, [event, { ...event, id: timeOrderedId() }]))
    expect(outcomes).toEqual([
      { kind: 'created', event },
      { kind: 'duplicate', event },
    ])
    expect(await count(given(), tenant)).toBe(1)
  })

  it('counts an id of an earlier batch, and of another batch of the same moment, once', async () => {
    const tenant = newTenant()
    const [early, late] = [usageEvent('early'), usageEvent('late')]
    await ingest(given(), batchOf(tenant, [early]))
    const answers = await ingest(given(), batchOf(tenant, [late]), batchOf(tenant, [early, late]))
    expect(answers.map(kinds)).toEqual([['created'], ['duplicate', 'duplicate']])
    expect(answers[1]?.[0]?.event).toEqual(early)
    expect(await count(given(), tenant)).toBe(2)
  })

  it('takes the same id of another organization as another event', async () => {
    const [tenant, other] = [newTenant(), newTenant()]
    const event = usageEvent('same')
    const answers = await ingest(given(), batchOf(tenant, [event]), batchOf(other, [event]))
    expect(answers.map(kinds)).toEqual([['created'], ['created']])
    expect(await count(given(), other)).toBe(1)
  })

  it('takes an empty batch, and no batch', async () => {
    expect(await ingest(given(), batchOf(newTenant(), []))).toEqual([[]])
    expect(await ingest(given())).toEqual([])
  })

  it('takes a large batch of many customers', async () => {
    const tenant = newTenant()
    const events = Array.from({ length: LARGE_BATCH }, (_, index) =>
      usageEvent(`large-${index}`, { externalCustomerId: `customer-${index}` }),
    )
    const [outcomes] = await ingest(given(), batchOf(tenant, events))
    expect(outcomes?.every(({ kind }) => kind === 'created')).toBe(true)
  })
}

function conflicts(given: () => UsageLog): void {
  it('reports other content under a known id, and changes nothing', async () => {
    const tenant = newTenant()
    const event = usageEvent('fixed', { value: '5' })
    await ingest(given(), batchOf(tenant, [event]))
    const [outcomes] = await ingest(given(), batchOf(tenant, [usageEvent('fixed', { value: '6' })]))
    expect(outcomes).toEqual([{ kind: 'conflict', event }])
    expect(await given().current(scopeOf(tenant))).toMatchObject([{ eventsCount: 1, sum: '5' }])
  })

  it('reports other content under an id of the same batch', async () => {
    const tenant = newTenant()
    const batch = batchOf(tenant, [usageEvent('twice', { value: '5' }), usageEvent('twice', { value: '6' })])
    expect((await ingest(given(), batch)).map(kinds)).toEqual([['created', 'conflict']])
  })
}

function redelivery(given: () => UsageLog): void {
  it('reports its own rows as created when a request comes again', async () => {
    const tenant = newTenant()
    await ingest(given(), batchOf(tenant, [usageEvent('old')]))
    const fresh = usageEvent('fresh')
    const batch = batchOf(tenant, [usageEvent('old'), fresh, fresh, usageEvent('fresh', { value: '9' })])
    const expected = [['duplicate', 'created', 'duplicate', 'conflict']]
    expect((await ingest(given(), batch)).map(kinds)).toEqual(expected)
    expect((await ingest(given(), batch)).map(kinds)).toEqual(expected)
    expect(await count(given(), tenant)).toBe(2)
  })

  it('does so too when it comes twice in one moment', async () => {
    const tenant = newTenant()
    const batch = batchOf(tenant, [usageEvent('again')])
    expect((await ingest(given(), batch, batch)).map(kinds)).toEqual([['created'], ['created']])
    expect(await count(given(), tenant)).toBe(1)
  })
}

function races(given: () => UsageLog): void {
  it('counts each id once when callers send the same events in other orders at the same time', async () => {
    const tenant = newTenant()
    const events = Array.from({ length: 60 }, (_, index) =>
      usageEvent(`raced-${index}`, { externalCustomerId: `customer-${index % 7}`, code: `metric-${index % 3}` }),
    )
    const orders = Array.from({ length: CALLERS }, (_, caller) => [
      ...events.slice(caller * 7),
      ...events.slice(0, caller * 7),
    ])
    const reversed = orders.map((order, caller) => (caller % 2 === 0 ? order : [...order].reverse()))
    const answers = await Promise.all(reversed.map((order) => ingest(given(), batchOf(tenant, order))))
    const created = answers.flat(2).filter(({ kind }) => kind === 'created')
    expect(created.map(({ event }) => event.transactionId).sort()).toEqual(
      events.map(({ transactionId }) => transactionId).sort(),
    )
    expect((await given().list(tenant.organizationId, { skip: 0, limit: 1 })).total).toBe(events.length)
  })
}

async function ingest(log: UsageLog, ...batches: UsageBatch[]): Promise<readonly (readonly IngestOutcome[])[]> {
  return (await log.ingest(batches)).outcomes
}

function kinds(outcomes: readonly IngestOutcome[]): string[] {
  return outcomes.map(({ kind }) => kind)
}

async function count(log: UsageLog, tenant: ReturnType<typeof newTenant>): Promise<number | undefined> {
  return (await log.current(scopeOf(tenant)))[0]?.eventsCount
}
