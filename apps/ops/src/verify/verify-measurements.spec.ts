import { derivedId } from '@billstream/kernel'
import { testMetadata } from '@billstream/event-sourcing-core/testing'
import type { MeasuredMetric, UsageEvent } from '@billstream/event-sourcing-runtime'
import { BillableMetric, PeriodMeasured } from '@billstream/usage-contracts'
import { opsInMemory, organizationId } from '../../test/ops-in-memory'
import type { CheckResult } from './check'

const id = (name: string) => derivedId('verify measurements', name)
const period = { start: '2026-05-01T00:00:00.000Z', end: '2026-06-01T00:00:00.000Z' }
const april = { start: '2026-04-01T00:00:00.000Z', end: '2026-05-01T00:00:00.000Z' }
const whose = { organizationId, externalCustomerId: 'ann', externalSubscriptionId: 's' }
const metric = { aggregationType: 'sum' as const, fieldName: 'tokens', recurring: false }
const COUNTED = 'counted once more'
const KEPT = 'as the log of usage keeps it'
const ALL_KEPT = 'that the log of usage keeps is recorded'
const UNITS = 'units of every measurement'
const AGGREGATES = 'all usage aggregates'

type Measured = Parameters<typeof PeriodMeasured>[0]

const usage = (transactionId: string, timestamp: string): UsageEvent => ({
  ...whose,
  id: id(transactionId),
  transactionId,
  externalSubscriptionId: '',
  code: 'tokens',
  timestamp,
  properties: '{"tokens":2.25}',
  value: '2.25',
  distinct: null,
  contentHash: transactionId,
  createdAt: timestamp,
})

const chargeOf = ({ code: metricCode, ...parts }: MeasuredMetric) => ({
  ...{ chargeId: id('charge'), metricId: id('metric'), metricCode, aggregation: 'sum' as const },
  ...{ rounding: { fn: 'ceil' as const, precision: 0 }, parts, units: String(Math.ceil(Number(parts.sum))) },
})

/** Its command has measured, and is not answered yet. */
async function waitsFor({ ports }: ReturnType<typeof opsInMemory>, measurementId: string): Promise<void> {
  const row = { id: id('command'), process: 'measure', target: `measurement-${measurementId}`, context: 'usage' }
  const command = { ...row, type: 'MeasurePeriod', data: {}, metadata: testMetadata(), refusals: {}, tries: 0 }
  await ports.processes.commit({ process: 'measure', owner: 'usage', inbox: [], states: [], commands: [command] })
}

/** May with three events of usage, and April with a late one; `wrong` changes what is recorded of it. */
async function measured(wrong: (recorded: Measured) => Partial<Measured> = () => ({})) {
  const ops = opsInMemory()
  const rounding = { roundingFunction: 'ceil' as const, roundingPrecision: null }
  const fields = { code: 'tokens', name: 'Tokens', description: null, ...metric, ...rounding }
  await ops.record([BillableMetric.Defined({ id: id('metric'), fields })], {
    stream: `billable-metric-${id('metric')}`,
  })
  const { usageLog } = ops.ports
  const ingest = (...events: UsageEvent[]) =>
    usageLog.ingest([{ requestId: events[0]?.id ?? '', organizationId, events }])
  const request = { ...{ planId: id('plan'), planVersion: 1 }, subscriptionId: id('subscription') }
  const ask = { ...whose, ...request, corrections: [], settles: false, request }
  const codes = ['tokens']
  const ofApril = { measurementId: id('april'), invoiceId: id('invoice of april') }
  await usageLog.measure({ ...ask, ...ofApril, period: { from: april.start, to: april.end, codes } })
  await waitsFor(ops, ofApril.measurementId)
  await ingest(usage('late', '2026-04-10T00:00:00.000Z'))
  await ingest(...['a', 'b', 'c'].map((name) => usage(name, '2026-05-10T00:00:00.000Z')))
  const ofMay = { measurementId: id('may'), invoiceId: id('invoice of may') }
  const corrections = [ofApril.invoiceId]
  const { watermark, ...kept } = await usageLog.measure({
    ...{ ...ask, ...ofMay, corrections, settles: true },
    period: { from: period.start, to: period.end, codes },
  })
  const recorded: Measured = {
    ...{ ...ofMay, ...request, purpose: 'final', customerId: id('customer'), externalCustomerId: 'ann' },
    ...{ externalSubscriptionId: 's', period, boundary: {}, watermark, charges: kept.metrics.map(chargeOf) },
    corrections: kept.corrections.map(({ invoiceId, from, to, metrics }) => ({
      ...{ invoiceId, period: { start: from, end: to }, planId: request.planId, planVersion: 1 },
      charges: metrics.map(chargeOf),
    })),
  }
  const event = PeriodMeasured({ ...recorded, ...wrong(recorded) })
  await ops.record([event], { stream: `measurement-${ofMay.measurementId}` })
  await ops.project()
  const results = () => ops.json<CheckResult[]>('verify')
  const check = async (part: string) => (await results()).find((each) => each.check.includes(part))
  const differing = async () =>
    (await results()).filter((each) => each.differing > 0).map(({ check: name }) => name.replace(/^\d\. /, ''))
  return { ops, ingest, check, differing }
}

const withParts = (parts: object) => (recorded: Measured) => ({
  charges: recorded.charges.map((charge) => ({ ...charge, parts: { ...charge.parts, ...parts } })),
})
const withCharge = (changed: object) => (recorded: Measured) => ({
  charges: recorded.charges.map((charge) => ({ ...charge, ...changed })),
})

describe('a measurement that is what was used', () => {
  it('is counted once more with its corrections, and found right', async () => {
    const { check, differing } = await measured()
    expect(await differing()).toEqual([])
    expect(await check(COUNTED)).toMatchObject({ checked: 2, differing: 0 })
    expect(await check(KEPT)).toMatchObject({ checked: 1, differing: 0 })
    expect(await check(UNITS)).toMatchObject({ checked: 2, differing: 0 })
  })

  it('is so whatever comes after it', async () => {
    const { ingest, differing } = await measured()
    await ingest(usage('later', '2026-05-11T00:00:00.000Z'))
    expect(await differing()).toEqual([])
  })
})

describe('a measurement of which something else is recorded', () => {
  it.each([
    ['a greater sum', { sum: '6.76' }],
    ['fewer events', { eventsCount: 2 }],
    ['a greatest value', { max: '2.5' }],
    ['another latest value', { latest: null }],
    ['a distinct value', { uniqueCount: 1 }],
  ])('%s differs from the events and from what is kept', async (_, parts) => {
    const { ops, check } = await measured(withParts(parts))
    expect(await check(COUNTED)).toMatchObject({ differing: 1, differences: [{ found: parts }] })
    expect(await check(KEPT)).toMatchObject({ differing: 1 })
    expect((await ops.run('verify')).code).toBe(1)
  })

  it('differs where only a correction does', async () => {
    const { check } = await measured(({ corrections }) => ({
      corrections: corrections.map((each) => ({ ...each, ...withParts({ sum: '0' })(each as never) })),
    }))
    expect(await check(COUNTED)).toMatchObject({ checked: 2, differing: 1 })
    expect((await check(COUNTED))?.differences[0]?.of).toContain(`correction of invoice ${id('invoice of april')}`)
    expect(await check(KEPT)).toMatchObject({ differing: 1 })
  })

  it.each(['0', '999', 'none'])('differs by its watermark %s', async (watermark) => {
    const { ingest, check } = await measured(() => ({ watermark }))
    await ingest(usage('later', '2026-05-11T00:00:00.000Z'), usage('of april', '2026-04-11T00:00:00.000Z'))
    expect(await check(COUNTED)).toMatchObject({ differing: 2 })
    expect(await check(KEPT)).toMatchObject({ differing: 1 })
  })

  it.each([
    ['units', { units: '8' }],
    ['an aggregation', { aggregation: 'count', units: '3' }],
    ['a rounding', { rounding: null, units: '6.75' }],
    ['a metric', { metricId: id('another metric') }],
  ])('%s that do not follow from its metric', async (_, changed) => {
    const { check, differing } = await measured(withCharge(changed))
    expect(await check(UNITS)).toMatchObject({ checked: 2, differing: 1 })
    expect(await differing()).toHaveLength(1)
  })

  it('a charge too few differs from what is kept', async () => {
    const { check } = await measured(() => ({ charges: [] }))
    expect(await check(KEPT)).toMatchObject({ differing: 1 })
  })
})

describe('a measurement that the log keeps', () => {
  it('is recorded, or its command waits still', async () => {
    const { check } = await measured()
    expect(await check(ALL_KEPT)).toMatchObject({ checked: 2, differing: 0 })
  })

  it('is missing where its command has been answered and no event is there', async () => {
    const { ops, check } = await measured()
    const [row] = await ops.ports.processes.pending('usage', 1, '2026-07-01T00:00:00.000Z')
    if (!row) throw new Error('No command waits.')
    await ops.ports.processes.settle([{ kind: 'done', row }])
    const differences = [{ of: `measurement ${id('april')}`, expected: 'its event', found: 'no event' }]
    expect(await check(ALL_KEPT)).toMatchObject({ checked: 2, differing: 1, differences })
    expect((await ops.run('verify')).code).toBe(1)
  })

  it('is not missing where it is recorded meanwhile', async () => {
    const { ops, check } = await measured()
    const { usageLog, processes } = ops.ports
    const kept = usageLog.measurementsKept.bind(usageLog)
    usageLog.measurementsKept = async (...asked) => {
      const listed = await kept(...asked)
      const [row] = await processes.pending('usage', 1, '2026-07-01T00:00:00.000Z')
      if (row) {
        await ops.record([{ type: PeriodMeasured.type, data: {} }], { stream: row.target })
        await processes.settle([{ kind: 'done', row }])
      }
      return listed
    }
    expect(await check(ALL_KEPT)).toMatchObject({ checked: 2, differing: 0 })
  })

  it('is not told while billing is halted, since its command may wait', async () => {
    const { ops, check } = await measured()
    const halt = { organizationId, reason: 'a look', by: 'ann', at: '2026-07-01T00:00:00.000Z' }
    await ops.ports.billingHalts.halt(halt)
    expect(await check(ALL_KEPT)).toMatchObject({ checked: 1, differing: 0 })
  })
})

describe('a measurement that the log keeps otherwise', () => {
  it.each([
    ['with other numbers', { watermark: '2', metrics: [], corrections: [] }],
    ['in no form at all', 7],
    ['not at all', undefined],
  ])('%s', async (_, kept) => {
    const { ops, check } = await measured()
    ops.ports.usageLog.keptMeasurement = () => Promise.resolve(kept)
    expect(await check(KEPT)).toMatchObject({ checked: 1, differing: 1 })
    expect(await check(COUNTED)).toMatchObject({ differing: 0 })
  })
})

describe('usage aggregates of an open period', () => {
  it('are compared, all of them', async () => {
    const { ingest, check } = await measured()
    await ingest(usage('open', '2026-06-02T00:00:00.000Z'))
    expect(await check(AGGREGATES)).toMatchObject({ checked: 3, differing: 0 })
  })

  it('are named where they differ, and counted where they are too many to be told', async () => {
    const { ops, check } = await measured()
    const differences = [
      {
        ...{ what: 'hour' as const, organizationId, meter: id('meter'), externalSubscriptionId: 's', code: 'tokens' },
        ...{ at: '2026-06-02T00:00:00Z', counted: { eventsCount: 1 }, kept: { eventsCount: 100 } },
      },
    ]
    const compared = (next: string | null) => ({ events: 9, checked: 9, differing: 3, differences, next })
    ops.ports.usageLog.compareAggregates = (from) => Promise.resolve(compared(from === null ? 'on' : null))
    expect(await check(AGGREGATES)).toMatchObject({ checked: 18, differing: 6 })
    const { code, err } = await ops.run('verify')
    expect([code, err]).toEqual([1, expect.stringContaining('hour 2026-06-02T00:00:00Z, tokens of subscription s')])
  })
})
