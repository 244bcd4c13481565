import type { ChangedPeriod, MeasureRequest, UsageEvent, UsageLog } from '../ports/usage-log.port'
import { batchOf, measureRequest, newTenant, usageEvent, type Tenant } from './usage-log.samples'

const ROUNDS = 15
const RACING_BATCHES = 6
const MANY = 1_000
const MAY = { from: '2026-05-01T00:00:00.000Z', to: '2026-06-01T00:00:00.000Z' }
const inMay = { timestamp: '2026-05-10T00:00:00.000Z' }

/** An event is in the measurement, or its period is known to have changed. */
export function usageLateness(given: () => UsageLog): void {
  describe('usage after a measurement', () => {
    marking(given)
    announcing(given)
    settling(given)
    racing(given)
  })
}

function marking(given: () => UsageLog): void {
  it('changes the measured period', async () => {
    const tenant = newTenant()
    const request = await measured(given(), tenant)
    expect(await late(given(), tenant, 'late')).toBe(true)
    expect(await open(given(), tenant)).toEqual([changedPeriod(request, tenant, 1)])
  })

  it('changes it once until it is measured again', async () => {
    const tenant = newTenant()
    const { invoiceId } = await measured(given(), tenant)
    await late(given(), tenant, 'late-1')
    expect(await late(given(), tenant, 'late-2')).toBe(false)
    await given().measure(measureRequest(tenant, { invoiceId }))
    expect(await late(given(), tenant, 'late-3')).toBe(true)
    expect(await open(given(), tenant)).toMatchObject([{ invoiceId, change: 2 }])
  })

  it('changes nothing by a repeat or a conflict', async () => {
    const tenant = newTenant()
    await late(given(), tenant, 'known')
    await measured(given(), tenant)
    expect(await late(given(), tenant, 'known')).toBe(false)
    expect(await late(given(), tenant, 'known', { value: '6' })).toBe(false)
    expect(await open(given(), tenant)).toEqual([])
  })

  it.each<[string, Partial<UsageEvent>]>([
    ['another customer', { externalCustomerId: 'globex' }],
    ['another metric', { code: 'calls' }],
    ['another subscription', { externalSubscriptionId: 'acme-second' }],
    ['the time before', { timestamp: '2026-05-31T23:59:59.999999Z' }],
    ['the time after', { timestamp: '2026-07-01T00:00:00.000Z' }],
  ])('changes no period when it is of %s', async (_, overrides) => {
    const tenant = newTenant()
    await measured(given(), tenant)
    expect(await late(given(), tenant, 'elsewhere', overrides)).toBe(false)
    expect(await open(given(), tenant)).toEqual([])
  })

  it('changes the period of each subscription that it counts for', async () => {
    const tenant = newTenant()
    const second = { ...newTenant(), organizationId: tenant.organizationId, externalSubscriptionId: 'acme-second' }
    await measured(given(), tenant)
    await measured(given(), second)
    await late(given(), tenant, 'both')
    await late(given(), tenant, 'second', { externalSubscriptionId: 'acme-second' })
    expect(await open(given(), tenant)).toMatchObject([{ change: 1 }])
    expect(await open(given(), second)).toMatchObject([{ change: 1 }])
  })
}

function announcing(given: () => UsageLog): void {
  it('is announced once for each change', async () => {
    const tenant = newTenant()
    const request = await measured(given(), tenant)
    await late(given(), tenant, 'late-1')
    const first = await unannounced(given(), tenant)
    expect(first).toEqual([changedPeriod(request, tenant, 1)])
    await given().announced(first)
    expect(await unannounced(given(), tenant)).toEqual([])
    await given().measure(measureRequest(tenant, { invoiceId: request.invoiceId }))
    await late(given(), tenant, 'late-2')
    await given().announced(first)
    expect(await unannounced(given(), tenant)).toMatchObject([{ change: 2 }])
  })
}

function settling(given: () => UsageLog): void {
  it('is measured again whole with later invoices, until two have settled it', async () => {
    const tenant = newTenant()
    const may = await measured(given(), tenant, { period: { ...MAY, codes: ['tokens'] } })
    await late(given(), tenant, 'late', inMay)
    const june = { corrections: [may.invoiceId] }
    const draft = await given().measure(measureRequest(tenant, june))
    const correction = { invoiceId: may.invoiceId, ...MAY, request: may.request }
    expect(draft.corrections).toEqual([{ ...correction, metrics: [expect.objectContaining({ sum: '5' })] }])
    expect(await open(given(), tenant)).toMatchObject([{ invoiceId: may.invoiceId }])

    await late(given(), tenant, 'later', inMay)
    const final = measureRequest(tenant, { ...june, settles: true })
    const settled = await given().measure(final)
    expect(settled.corrections).toMatchObject([{ metrics: [{ sum: '10' }] }])
    expect(await given().measure(final)).toEqual(settled)
    expect(await open(given(), tenant)).toMatchObject([{ invoiceId: may.invoiceId }])

    const next = await given().measure(measureRequest(tenant, { ...june, settles: true }))
    expect(next.corrections).toEqual(settled.corrections)
    expect(await open(given(), tenant)).toEqual([])
    expect((await given().measure(measureRequest(tenant, june))).corrections).toEqual([])

    expect(await late(given(), tenant, 'latest', inMay)).toBe(true)
    expect(await given().measure(final)).toEqual(settled)
    expect(await open(given(), tenant)).toMatchObject([{ invoiceId: may.invoiceId }])
  })

  it('that comes between two settling measurements keeps its period open for two more', async () => {
    const tenant = newTenant()
    const may = await measured(given(), tenant, { period: { ...MAY, codes: ['tokens'] } })
    const settle = () => given().measure(measureRequest(tenant, { corrections: [may.invoiceId], settles: true }))
    await late(given(), tenant, 'late', inMay)
    await settle()
    await late(given(), tenant, 'later', inMay)
    await settle()
    expect(await open(given(), tenant)).toHaveLength(1)
    await settle()
    expect(await open(given(), tenant)).toEqual([])
  })

  it('is settled by two invoices that are measured at once as by one after the other', async () => {
    const tenant = newTenant()
    const may = await measured(given(), tenant, { period: { ...MAY, codes: ['tokens'] } })
    await late(given(), tenant, 'late', inMay)
    const settle = () => given().measure(measureRequest(tenant, { corrections: [may.invoiceId], settles: true }))
    const [first, second, third] = await Promise.all([settle(), settle(), settle()])
    expect([first, second].map(({ corrections }) => corrections.length)).toEqual([1, 1])
    expect(third.corrections).toEqual([])
    expect(await open(given(), tenant)).toEqual([])
  })

  it('is settled by the last measurement of its own invoice, not by one between', async () => {
    const tenant = newTenant()
    const { invoiceId } = await measured(given(), tenant)
    await late(given(), tenant, 'late')
    await given().measure(measureRequest(tenant, { invoiceId }))
    expect(await open(given(), tenant)).toMatchObject([{ invoiceId }])
    await given().measure(measureRequest(tenant, { invoiceId, settles: true }))
    expect(await open(given(), tenant)).toEqual([])
    await given().measure(measureRequest(tenant, { invoiceId }))
    expect(await open(given(), tenant)).toEqual([])
  })

  it('is listed before what an invoice has settled already, so that none waits for ever behind a bound', async () => {
    const tenant = newTenant()
    const may = await measured(given(), tenant, { period: { ...MAY, codes: ['tokens'] } })
    const june = await measured(given(), tenant)
    await late(given(), tenant, 'may', inMay)
    await late(given(), tenant, 'june')
    await given().measure(measureRequest(tenant, { period: null, corrections: [may.invoiceId], settles: true }))
    expect(await open(given(), tenant)).toMatchObject([{ invoiceId: june.invoiceId }, { invoiceId: may.invoiceId }])
  })

  it('is listed oldest period first, up to a bound', async () => {
    const tenant = newTenant()
    const june = await measured(given(), tenant)
    const may = await measured(given(), tenant, { period: { ...MAY, codes: ['tokens'] } })
    await late(given(), tenant, 'june')
    await late(given(), tenant, 'may', inMay)
    expect(await open(given(), tenant)).toMatchObject([{ invoiceId: may.invoiceId }, { invoiceId: june.invoiceId }])
    const first = await given().openPeriodsOf(tenant.organizationId, tenant.subscriptionId, 1)
    expect(first).toMatchObject([{ invoiceId: may.invoiceId }])
    const corrections = [june.invoiceId, may.invoiceId]
    const { corrections: both } = await given().measure(measureRequest(tenant, { period: null, corrections }))
    expect(both.map(({ invoiceId }) => invoiceId)).toEqual([may.invoiceId, june.invoiceId])
  })
}

function racing(given: () => UsageLog): void {
  it('is in the measurement or changes the period, never neither and never both', async () => {
    for (let round = 0; round < ROUNDS; round += 1) {
      const tenant = newTenant()
      const batches = Array.from({ length: RACING_BATCHES }, (_, index) =>
        late(given(), tenant, `raced-${index}`, { value: String(2 ** index) }),
      )
      const [measurement] = await Promise.all([given().measure(measureRequest(tenant)), ...batches])
      const isWhole = measurement.metrics[0]?.eventsCount === RACING_BATCHES
      expect(await open(given(), tenant)).toHaveLength(isWhole ? 0 : 1)
    }
  })

  it('measures once when two ask for the same measurement at once', async () => {
    const tenant = newTenant()
    await late(given(), tenant, 'a')
    const request = measureRequest(tenant)
    const [one, two] = await Promise.all([given().measure(request), given().measure(request)])
    expect(one).toEqual(two)
  })
}

async function measured(
  log: UsageLog,
  tenant: Tenant,
  overrides: Partial<MeasureRequest> = {},
): Promise<MeasureRequest> {
  const request = measureRequest(tenant, overrides)
  await log.measure(request)
  return request
}

async function late(log: UsageLog, tenant: Tenant, id: string, overrides: Partial<UsageEvent> = {}): Promise<boolean> {
  return (await log.ingest([batchOf(tenant, [usageEvent(id, overrides)])])).periodsChanged
}

function open(log: UsageLog, tenant: Tenant): Promise<ChangedPeriod[]> {
  return log.openPeriodsOf(tenant.organizationId, tenant.subscriptionId, MANY)
}

async function unannounced(log: UsageLog, tenant: Tenant): Promise<ChangedPeriod[]> {
  const periods = await log.changedPeriods(MANY)
  return periods.filter(({ organizationId }) => organizationId === tenant.organizationId)
}

function changedPeriod(request: MeasureRequest, tenant: Tenant, change: number): ChangedPeriod {
  const { invoiceId, period, request: kept } = request
  return { ...tenant, invoiceId, from: '', to: '', codes: [], ...period, request: kept, change }
}
