import { isEvent, type Position, type RecordedEvent } from '@billstream/event-sourcing-core'
import type { MeasurementKey } from '@billstream/event-sourcing-runtime'
import { InvoiceFinalized } from '@billstream/invoicing-contracts'
import { PeriodMeasured } from '@billstream/usage-contracts'
import { eventsBetween } from '../console/follow'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'
import { isOf, partitionsOf, type Partition } from './folded-rows'

const PAGE_MAX = 1_000
/** Commands to measure that wait at once; more are not looked at. */
const WAITING_MAX = 50_000
const FOR_EVER = '9999-12-31T00:00:00.000Z'

type MeasuredPorts = Pick<OpsPorts, 'eventStore' | 'usageLog' | 'processes' | 'billingHalts'>

interface Surroundings {
  readonly progress: Progress
  readonly signal: AbortSignal
  /** Recorded ones. */
  readonly measurements: number
}

/** Measurements from the other side: what rests on one, or is kept of one, has its recorded event. */
export async function verifyMeasured(
  to: Position,
  ports: MeasuredPorts,
  surroundings: Surroundings,
): Promise<CheckResult[]> {
  const check = new MeasuredCheck(ports, surroundings)
  const of = partitionsOf(surroundings.measurements)
  surroundings.progress.total(Number(to) * of)
  for (let index = 0; index < of && !surroundings.signal.aborted; index += 1) await check.run({ index, of }, to)
  return check.results
}

class MeasuredCheck {
  private readonly kept = new Tally('4. every measurement that the log of usage keeps is recorded')
  private readonly fees = new Tally('4. every measurement that a fee of an issued invoice names is recorded')

  constructor(
    private readonly ports: MeasuredPorts,
    private readonly surroundings: Surroundings,
  ) {}

  get results(): CheckResult[] {
    return [this.kept.result, this.fees.result]
  }

  async run(partition: Partition, to: Position): Promise<void> {
    const recorded = await this.walk(partition, to)
    if (this.surroundings.signal.aborted) return
    const suspects = await this.keptBesides(recorded, partition)
    if (suspects.length > 0) await this.tellMissing(suspects)
  }

  /** A measurement is recorded before the invoice that is made of it. Returns those that are recorded. */
  private async walk(partition: Partition, to: Position): Promise<ReadonlySet<string>> {
    const { signal, progress } = this.surroundings
    const recorded = new Set<string>()
    let reached = 0n
    const filter = { types: [PeriodMeasured.type, InvoiceFinalized.type] }
    for await (const batch of eventsBetween(this.ports.eventStore, { from: 0n, to, signal, filter })) {
      for (const event of batch.events) this.see(event, recorded, partition)
      progress.advance(Number(batch.reached - reached))
      reached = batch.reached
    }
    return recorded
  }

  private see(event: RecordedEvent, recorded: Set<string>, partition: Partition): void {
    const { organizationId } = event.metadata
    if (isEvent(PeriodMeasured, event)) {
      const { measurementId } = event.data
      if (isOf(partition, measurementId)) recorded.add(placeOf({ organizationId, measurementId }))
    }
    if (!isEvent(InvoiceFinalized, event)) return
    for (const { feeId, cause } of event.data.fees) {
      const { measurementId } = cause
      if (measurementId === null || !isOf(partition, measurementId)) continue
      const isRecorded = recorded.has(placeOf({ organizationId, measurementId }))
      if (isRecorded) this.fees.agree(1)
      else
        this.fees.differ(`fee ${feeId} of invoice ${event.data.invoiceId}`, `measurement ${measurementId}`, 'no event')
    }
  }

  private async keptBesides(recorded: ReadonlySet<string>, partition: Partition): Promise<MeasurementKey[]> {
    const suspects: MeasurementKey[] = []
    for (let after: MeasurementKey | null = null; !this.surroundings.signal.aborted;) {
      const page: MeasurementKey[] = await this.ports.usageLog.measurementsKept(after, PAGE_MAX)
      const own = page.filter(({ measurementId }) => isOf(partition, measurementId))
      const besides = own.filter((key) => !recorded.has(placeOf(key)))
      this.kept.agree(own.length - besides.length)
      suspects.push(...besides)
      after = page.at(-1) ?? null
      if (page.length < PAGE_MAX) break
    }
    return suspects
  }

  /**
   * What is measured is recorded a moment later. Its command waits until it is answered, which is after the append: so what is
   * kept, and waits no more, is recorded by then.
   */
  private async tellMissing(suspects: readonly MeasurementKey[]): Promise<void> {
    // Commands of a halted organization are not given out, so nobody can tell which wait: asked first, since a halt may end.
    const halted = new Set((await this.ports.billingHalts.all()).map(({ organizationId }) => organizationId))
    const waiting = await this.ports.processes.pending('usage', WAITING_MAX, FOR_EVER)
    if (waiting.length >= WAITING_MAX) {
      this.kept.note(`${suspects.length} not recorded yet, and too many commands wait to tell why`)
      return
    }
    const targets = new Set(waiting.map(({ metadata, target }) => `${metadata.organizationId} ${target}`))
    for (const { organizationId, measurementId } of suspects.filter((each) => !halted.has(each.organizationId))) {
      const stream = `measurement-${measurementId}`
      if (targets.has(`${organizationId} ${stream}`) || (await this.isRecorded(stream))) this.kept.agree(1)
      else this.kept.differ(`measurement ${measurementId}`, 'its event', 'no event')
    }
  }

  private async isRecorded(stream: string): Promise<boolean> {
    for await (const event of this.ports.eventStore.read(stream, { limit: 1 })) return isEvent(PeriodMeasured, event)
    return false
  }
}

function placeOf({ organizationId, measurementId }: MeasurementKey): string {
  return `${organizationId} ${measurementId}`
}
