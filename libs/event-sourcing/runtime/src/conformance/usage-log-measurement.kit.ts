import type { UsageEvent, UsageLog } from '../ports/usage-log.port'
import { usageProof } from './usage-log-proof.kit'
import { NOTHING, numbers } from './usage-log.kit-support'
import { batchOf, JUNE, measureRequest, newTenant, scopeOf, usageEvent } from './usage-log.samples'

/** The parts of every aggregation, whatever hours the bounds break. */
export function usageMeasurement(given: () => UsageLog): void {
  describe('a measurement', () => {
    parts(given)
    bounds(given)
    owners(given)
    storing(given)
    usageProof(given)
  })
}

function parts(given: () => UsageLog): void {
  it('has the exact parts of each metric, in the order asked', async () => {
    const tenant = newTenant()
    const at = (minute: string, overrides: Partial<UsageEvent>) => ({
      timestamp: `2026-06-15T12:${minute}:00.000Z`,
      ...overrides,
    })
    await given().ingest([
      batchOf(tenant, [
        usageEvent('a', at('10', { value: '0.100000000001' })),
        usageEvent('b', at('50', { value: '-7' })),
        usageEvent('c', at('20', { value: '999999999999999999' })),
        usageEvent('d', at('20', { code: 'models', value: null, distinct: '"5"' })),
        usageEvent('e', at('21', { code: 'models', value: null, distinct: '5' })),
        usageEvent('f', { code: 'models', value: null, distinct: '5', timestamp: '2026-06-16T12:00:00.000Z' }),
      ]),
    ])
    const codes = ['models', 'tokens', 'unheard']
    expect(await numbers(given(), scopeOf(tenant, { codes }))).toEqual([
      { code: 'models', eventsCount: 3, sum: '0', max: null, latest: null, uniqueCount: 2 },
      {
        code: 'tokens',
        eventsCount: 3,
        sum: '999999999999999992.100000000001',
        max: '999999999999999999',
        latest: '-7',
        uniqueCount: 0,
      },
      { ...NOTHING, code: 'unheard' },
    ])
  })

  it('takes the latest by microsecond, then by the bytes of the transaction id', async () => {
    const tenant = newTenant()
    const timestamp = '2026-06-15T12:00:00.000002Z'
    const events = [
      usageEvent('\u{1F600}', { timestamp, value: '1' }),
      usageEvent('\uFF5E', { timestamp, value: '2' }),
      usageEvent('z', { timestamp: '2026-06-15T12:00:00.000001Z', value: '3' }),
    ]
    for (const event of events) await given().ingest([batchOf(tenant, [event])])
    expect(await numbers(given(), scopeOf(tenant))).toMatchObject([{ latest: '1' }])
    const [from, to] = ['2026-06-15T12:00:00.000001Z', '2026-06-15T12:00:00.000002Z']
    expect(await numbers(given(), scopeOf(tenant, { from, to }))).toMatchObject([{ latest: '3', eventsCount: 1 }])
  })

  it('tells apart what any text can tell apart', async () => {
    const tenant = { ...newTenant(), externalCustomerId: 'Müller & "Söhne" \\ 😀' }
    const events = ['é', 'e\u0301', '"\\', '\u0001', 'x'.repeat(60_000), `${'x'.repeat(59_999)}y`].map((text, index) =>
      usageEvent(`tx-${index}-ß`, {
        externalCustomerId: tenant.externalCustomerId,
        value: null,
        distinct: JSON.stringify(text),
        properties: JSON.stringify({ text, exact: 1 }),
      }),
    )
    await given().ingest([batchOf(tenant, events)])
    await given().ingest([batchOf(newTenant(), [usageEvent('other', { externalCustomerId: 'Müller' })])])
    expect(await numbers(given(), scopeOf(tenant))).toMatchObject([{ eventsCount: 6, uniqueCount: 6 }])
    expect(await given().get(tenant.organizationId, events[2]?.id ?? '')).toEqual(events[2])
  })
}

function bounds(given: () => UsageLog): void {
  const times = [
    '2026-05-31T18:29:59.999999Z',
    '2026-05-31T18:30:00.000Z',
    '2026-05-31T18:59:59.999Z',
    '2026-05-31T19:00:00.000Z',
    '2026-06-15T00:00:00.000Z',
    '2026-06-30T17:59:59.999Z',
    '2026-06-30T18:00:00.000Z',
    '2026-06-30T18:29:59.999999Z',
    '2026-06-30T18:30:00.000Z',
  ]
  const cases: [string, string, string, number][] = [
    ['of a zone at +05:30', '2026-05-31T18:30:00.000Z', '2026-06-30T18:30:00.000Z', 7],
    ['of whole hours', '2026-05-31T19:00:00.000Z', '2026-06-30T18:00:00.000Z', 3],
    ['of which one breaks an hour', '2026-05-31T18:30:00.000Z', '2026-06-30T18:00:00.000Z', 5],
    ['inside one hour', '2026-05-31T18:30:00.000Z', '2026-05-31T18:59:59.999Z', 1],
    ['around the end of an hour', '2026-05-31T18:59:00.000Z', '2026-05-31T19:00:00.000001Z', 2],
    ['of one microsecond', '2026-05-31T18:29:59.999999Z', '2026-05-31T18:30:00.000Z', 1],
    ['that hold no time', '2026-06-15T00:00:00.000Z', '2026-06-15T00:00:00.000Z', 0],
  ]

  it.each(cases)('is half open within bounds %s', async (_, from, to, eventsCount) => {
    const tenant = newTenant()
    await given().ingest([
      batchOf(
        tenant,
        times.map((timestamp, index) => usageEvent(`at-${index}`, { timestamp })),
      ),
    ])
    expect(await numbers(given(), scopeOf(tenant, { from, to }))).toMatchObject([
      { eventsCount, sum: String(5 * eventsCount) },
    ])
  })

  it('counts hours before 1970 as hours', async () => {
    const tenant = newTenant()
    const timestamps = ['1969-12-31T22:59:59.999999Z', '1969-12-31T23:00:00.000Z', '1969-12-31T23:30:00.000Z']
    await given().ingest([
      batchOf(
        tenant,
        timestamps.map((timestamp, index) => usageEvent(`old-${index}`, { timestamp })),
      ),
    ])
    const [from, to] = ['1969-12-31T22:59:59.999999Z', '1969-12-31T23:30:00.000Z']
    expect(await numbers(given(), scopeOf(tenant, { from, to }))).toMatchObject([{ eventsCount: 2 }])
  })
}

function owners(given: () => UsageLog): void {
  it('counts an event that names a subscription for that one only, others for each of the customer', async () => {
    const tenant = newTenant()
    const bound = (externalSubscriptionId: string) => ({ externalSubscriptionId })
    await given().ingest([
      batchOf(tenant, [
        usageEvent('every'),
        usageEvent('mine', bound('acme-main')),
        usageEvent('theirs', bound('acme-second')),
        usageEvent('stranger', { externalCustomerId: 'globex' }),
      ]),
    ])
    expect(await numbers(given(), scopeOf(tenant))).toMatchObject([{ eventsCount: 2 }])
    expect(await numbers(given(), scopeOf(tenant, bound('acme-second')))).toMatchObject([{ eventsCount: 2 }])
    expect(await numbers(given(), scopeOf(tenant, bound('acme-third')))).toMatchObject([{ eventsCount: 1 }])
  })
}

function storing(given: () => UsageLog): void {
  it('is the current usage', async () => {
    const tenant = newTenant()
    await given().ingest([batchOf(tenant, [usageEvent('a'), usageEvent('b')])])
    const { metrics } = await given().measure(measureRequest(tenant))
    expect(metrics).toEqual(await numbers(given(), scopeOf(tenant)))
  })

  it('gives the stored numbers when it is repeated, and new ones under another id', async () => {
    const tenant = newTenant()
    await given().ingest([batchOf(tenant, [usageEvent('a')])])
    const request = measureRequest(tenant)
    const first = await given().measure(request)
    await given().ingest([batchOf(tenant, [usageEvent('b')])])
    expect(await given().measure(request)).toEqual(first)
    const second = await given().measure(measureRequest(tenant, { invoiceId: request.invoiceId }))
    expect(second).toMatchObject({ metrics: [{ eventsCount: 2, sum: '10' }] })
    expect(BigInt(second.watermark)).toBeGreaterThan(BigInt(first.watermark))
  })

  it('of many subscriptions at once gives each its own numbers, and a repeat among them the same', async () => {
    const { organizationId } = newTenant()
    const tenants = Array.from({ length: 120 }, (_, index) => ({
      ...{ ...newTenant(), organizationId },
      externalCustomerId: `customer-${index % 40}`,
      externalSubscriptionId: `subscription-${index}`,
    }))
    await Promise.all(
      tenants.map(({ externalCustomerId, externalSubscriptionId }, index) =>
        given().ingest([
          batchOf({ ...newTenant(), organizationId }, [
            usageEvent(`at-once-${index}`, { externalCustomerId, externalSubscriptionId, value: String(index) }),
          ]),
        ]),
      ),
    )
    const requests = tenants.map((tenant) => measureRequest(tenant))
    const measured = await Promise.all([...requests, ...requests].map((request) => given().measure(request)))
    const sums = measured.map(({ metrics }) => metrics[0]?.sum)
    expect(sums).toEqual([...tenants.keys(), ...tenants.keys()].map(String))
    expect(measured.slice(120)).toEqual(measured.slice(0, 120))
  })

  it('keeps measurements of organizations apart', async () => {
    const [tenant, other] = [newTenant(), newTenant()]
    await given().ingest([batchOf(tenant, [usageEvent('a')])])
    const request = measureRequest(tenant)
    await given().measure(request)
    const theirs = await given().measure({ ...request, organizationId: other.organizationId })
    expect(theirs.metrics).toEqual([NOTHING])
  })

  it('may be asked without anything to repeat later', async () => {
    const tenant = newTenant()
    await given().measure(measureRequest(tenant, { request: null }))
    await given().ingest([batchOf(tenant, [usageEvent('late')])])
    expect(await given().openPeriodsOf(tenant.organizationId, tenant.subscriptionId, 1)).toMatchObject([
      { request: null },
    ])
  })

  it('may measure no period at all', async () => {
    expect(await given().measure(measureRequest(newTenant(), { period: null }))).toMatchObject({
      metrics: [],
      corrections: [],
    })
  })

  it('has the same numbers over bounds of other lengths', async () => {
    const tenant = newTenant()
    await given().ingest([
      batchOf(tenant, [usageEvent('a', { timestamp: JUNE.from }), usageEvent('b', { timestamp: JUNE.to })]),
    ])
    expect(await numbers(given(), scopeOf(tenant, { to: '2027-06-01T00:00:00.000Z' }))).toMatchObject([
      { eventsCount: 2 },
    ])
  })
}
