import { isEvent, type Position, type RecordedEvent, type RecordedOf } from '@billstream/event-sourcing-core'
import type { MeasuredMetric } from '@billstream/event-sourcing-runtime'
import { parseInstant } from '@billstream/kernel'
import { PeriodMeasured, type MeasuredCharge } from '@billstream/usage-contracts'
import { measuredCharges } from '@billstream/usage-domain'
import { eventsBetween } from '../console/follow'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'
import { MetricTermsBook } from './metric-terms'
import { asKept, likeIn } from './recorded-measurement'

/** Measurements that are counted once more at once. */
const AT_ONCE_MAX = 4
const WATERMARK = /^\d+$/

type Measured = RecordedOf<typeof PeriodMeasured>
type Period = NonNullable<Measured['data']['period']>
type MeasurementPorts = Pick<OpsPorts, 'eventStore' | 'usageLog'>

/**
 * Every measurement is the source of an invoice. What a customer has used up to a watermark is one set of events for ever: so each is
 * counted once more from the events of the log up to its own, and must come out alike to the last digit. So must what the log
 * keeps of it, which a repeat would be made of.
 */
export async function verifyMeasurements(
  to: Position,
  ports: MeasurementPorts,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<CheckResult[]> {
  const check = new MeasurementCheck(ports)
  let reached = 0n
  const filter = { types: [PeriodMeasured.type, ...MetricTermsBook.types] }
  for await (const batch of eventsBetween(ports.eventStore, { from: 0n, to, signal, filter })) {
    for (let first = 0; first < batch.events.length && !signal.aborted; first += AT_ONCE_MAX) {
      await Promise.all(batch.events.slice(first, first + AT_ONCE_MAX).map((event) => check.see(event)))
    }
    progress.advance(Number(batch.reached - reached))
    reached = batch.reached
  }
  return check.results
}

class MeasurementCheck {
  private readonly counted = new Tally('4. every measurement is its usage up to its watermark, counted once more')
  private readonly kept = new Tally('4. every measurement is recorded as the log of usage keeps it')
  private readonly units = new Tally('4. the units of every measurement are what its metric makes of the counted')
  private readonly metrics = new MetricTermsBook()

  constructor(private readonly ports: MeasurementPorts) {}

  get results(): CheckResult[] {
    return [this.counted.result, this.kept.result, this.units.result]
  }

  async see(event: RecordedEvent): Promise<void> {
    this.metrics.see(event)
    if (!isEvent(PeriodMeasured, event)) return
    const { period, charges, corrections } = event.data
    await this.compareWithKept(event)
    if (period !== null) await this.countAgain(event, { of: '', period, charges })
    for (const { invoiceId, period: corrected, charges: again } of corrections) {
      await this.countAgain(event, { of: `, correction of invoice ${invoiceId}`, period: corrected, charges: again })
    }
  }

  private async compareWithKept({ data, metadata }: Measured): Promise<void> {
    const recorded = asKept(data)
    const kept = await this.ports.usageLog.keptMeasurement(metadata.organizationId, data.measurementId)
    this.kept.expect(`measurement ${data.measurementId}`, likeIn(kept, recorded) ?? 'none is kept', recorded)
  }

  private async countAgain(
    { data, metadata }: Measured,
    { of, period, charges }: { of: string; period: Period; charges: readonly MeasuredCharge[] },
  ): Promise<void> {
    if (charges.length === 0) return
    const metrics = await this.metricsAgain({ data, metadata }, period, charges)
    for (const charge of charges) {
      const name = `measurement ${data.measurementId}${of}, ${charge.metricCode}`
      const again = metrics?.get(charge.metricCode)
      const expected = again ? partsOf(again) : 'a period up to a watermark'
      this.counted.expect(name, expected, partsOf(charge.parts))
      this.compareUnits(name, charge)
    }
  }

  /** What follows from the parts, by what the metric said. */
  private compareUnits(name: string, charge: MeasuredCharge): void {
    const { metricId, metricCode, aggregation, rounding, parts, units } = charge
    const found = { aggregation, rounding, units }
    if (!this.metrics.had(charge)) return this.units.differ(name, 'what its metric says', found)
    const [again] = measuredCharges([charge], new Map([[metricId, charge]]), new Map([[metricCode, parts]]))
    this.units.expect(name, again?.units, units)
  }

  /** By code; undefined where what is recorded is no period up to a watermark. */
  private async metricsAgain(
    { data, metadata: { organizationId } }: Pick<Measured, 'data' | 'metadata'>,
    { start: from, end: to }: Period,
    charges: readonly MeasuredCharge[],
  ): Promise<ReadonlyMap<string, MeasuredMetric> | undefined> {
    const { externalCustomerId, externalSubscriptionId, watermark } = data
    if (!WATERMARK.test(watermark) || !parseInstant(from).ok || !parseInstant(to).ok) return undefined
    const codes = [...new Set(charges.map(({ metricCode }) => metricCode))]
    const scope = { organizationId, externalCustomerId, externalSubscriptionId, from, to, codes }
    const metrics = await this.ports.usageLog.recount(scope, watermark)
    return new Map(metrics.map((metric) => [metric.code, metric]))
  }
}

function partsOf({ eventsCount, sum, max, latest, uniqueCount }: MeasuredCharge['parts']) {
  return { eventsCount, sum, max, latest, uniqueCount }
}
