import type { ComparedAggregates, MeasurementKey, UsageLog } from '../ports/usage-log.port'
import { NOTHING, numbers } from './usage-log.kit-support'
import { batchOf, measureRequest, newTenant, scopeOf, usageEvent } from './usage-log.samples'

/** What an operator proves measurements and aggregates with. */
export function usageProof(given: () => UsageLog): void {
  it('is counted once more up to its watermark, whatever has come since', async () => {
    const tenant = newTenant()
    await given().ingest([batchOf(tenant, [usageEvent('a'), usageEvent('b', { value: '-0.5', distinct: '"x"' })])])
    const { metrics, watermark } = await given().measure(measureRequest(tenant))
    await given().ingest([batchOf(newTenant(), [usageEvent('elsewhere')])])
    await given().ingest([batchOf(tenant, [usageEvent('late', { value: '7', distinct: '"y"' })])])
    expect(await given().recount(scopeOf(tenant), watermark)).toEqual(metrics)
    expect(await given().recount(scopeOf(tenant), '0')).toEqual([NOTHING])
    expect(await numbers(given(), scopeOf(tenant))).toMatchObject([{ eventsCount: 3 }])
  })

  it('is given as it is kept, to its organization only', async () => {
    const tenant = newTenant()
    await given().ingest([batchOf(tenant, [usageEvent('a')])])
    const request = measureRequest(tenant)
    const { watermark, metrics } = await given().measure(request)
    const kept = (organizationId: string) => given().keptMeasurement(organizationId, request.measurementId)
    expect(await kept(tenant.organizationId)).toMatchObject({ watermark, metrics, corrections: [] })
    expect(await kept(newTenant().organizationId)).toBeUndefined()
  })

  it('is listed with all others, once, in pages', async () => {
    const tenant = newTenant()
    const requests = ['one', 'two', 'three'].map(() => measureRequest(tenant))
    for (const request of requests) await given().measure(request)
    const listed: MeasurementKey[] = []
    for (let page: MeasurementKey[] = []; ;) {
      page = await given().measurementsKept(page.at(-1) ?? listed.at(-1) ?? null, 2)
      if (page.length === 0) break
      listed.push(...page)
    }
    const own = listed.filter(({ organizationId }) => organizationId === tenant.organizationId)
    const ids = requests.map(({ measurementId }) => measurementId)
    expect(own.map(({ measurementId }) => measurementId)).toEqual(ids.sort())
  })

  it('rests on aggregates that are their events, in whatever order and how often these came', async () => {
    const before = await compareAll(given())
    const tenant = { ...newTenant(), externalCustomerId: 'Müller & "Söhne" \\ 😀' }
    const { externalCustomerId } = tenant
    const hours = ['2026-06-15T13:00:00.000Z', '2026-06-15T12:59:59.999999Z', '1969-12-31T23:30:00.000Z']
    const events = hours.flatMap((timestamp, hour) => [
      usageEvent(`summed-${hour}`, { externalCustomerId, timestamp, value: '1.50' }),
      usageEvent(`told-${hour}`, { externalCustomerId, timestamp, code: 'models', value: null, distinct: '"x"' }),
    ])
    for (const event of events) await given().ingest([batchOf(tenant, [event, event])])
    await given().ingest([batchOf(tenant, [...events].reverse())])
    const after = await compareAll(given())
    expect(after).toMatchObject({ differences: [], differing: 0, events: before.events + events.length })
    expect(after.checked).toBeGreaterThanOrEqual(before.checked + events.length)
  })

  it('rests on aggregates that are their events while these come', async () => {
    const tenant = newTenant()
    const coming = Promise.all(
      Array.from({ length: 30 }, (_, index) =>
        given().ingest([batchOf(tenant, [usageEvent(`coming-${index}`, { distinct: String(index) })])]),
      ),
    )
    for (let looks = 0; looks < 5; looks += 1) expect((await compareAll(given())).differences).toEqual([])
    await coming
  })
}

async function compareAll(log: UsageLog) {
  let [events, checked, differing] = [0, 0, 0]
  const differences: unknown[] = []
  for (let from: string | null | undefined; from !== null;) {
    const compared: ComparedAggregates = await log.compareAggregates(from ?? null)
    events += compared.events
    checked += compared.checked
    differing += compared.differing
    differences.push(...compared.differences)
    from = compared.next
  }
  return { events, checked, differing, differences }
}
