import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { Log } from '@billstream/event-sourcing-runtime'
import { COUNTERS, GAUGES, TIMINGS, type Family } from './metric-families'

const BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
/** Readings that are no older are shown again, in milliseconds: several who scrape cost no more than one. */
const READ_EVERY_MS = 2_000
/** A scrape waits no longer for readings, in milliseconds. */
const READ_TIMEOUT_MS = 5_000

type LabelsOf<F extends Family> = Readonly<Record<F['labels'][number], string>>
type Counters = typeof COUNTERS
type Timings = typeof TIMINGS
type Gauges = typeof GAUGES

/** The present values of a gauge, one per combination of labels. */
export type Reading = { [N in keyof Gauges]: ReadingOf<N> }[keyof Gauges]

interface ReadingOf<N extends keyof Gauges> {
  readonly gauge: N
  readonly values: readonly { readonly labels: LabelsOf<Gauges[N]>; readonly value: number }[]
}

/** Reads gauges; what it throws leaves its gauges without a value. */
export type ReadGauges = () => Promise<readonly Reading[]>

interface Reader {
  readonly read: ReadGauges
  readAtMs: number
  last: readonly Reading[]
  running: Promise<void> | undefined
}

/** The metrics of one process, in Prometheus' text form. Counting costs no I/O; gauges are read when they are asked for. */
export class Metrics {
  private readonly registry = new Registry()
  private readonly counters = madeOf(COUNTERS, (config) => new Counter({ ...config, registers: [this.registry] }))
  private readonly timings = madeOf(
    TIMINGS,
    (config) => new Histogram({ ...config, buckets: BUCKETS_SECONDS, registers: [this.registry] }),
  )
  private readonly gauges = madeOf(GAUGES, (config) => new Gauge({ ...config, registers: [this.registry] }))
  private readonly readers: Reader[] = []

  constructor(private readonly log: Log) {
    collectDefaultMetrics({ register: this.registry, prefix: 'billstream_' })
  }

  readonly contentType = Registry.PROMETHEUS_CONTENT_TYPE

  count<N extends keyof Counters>(name: N, labels: LabelsOf<Counters[N]>, by = 1): void {
    this.counters[name].inc(labels, by)
  }

  /** seconds: how long it took. */
  time<N extends keyof Timings>(name: N, labels: LabelsOf<Timings[N]>, seconds: number): void {
    this.timings[name].observe(labels, seconds)
  }

  /** Asked at each scrape, at most every 2 s. */
  readWith(read: ReadGauges): void {
    this.readers.push({ read, readAtMs: Number.NEGATIVE_INFINITY, last: [], running: undefined })
  }

  /** Everything as text; never throws because of what a reader throws. */
  async text(): Promise<string> {
    await Promise.all(this.readers.map((reader) => this.refresh(reader)))
    for (const gauge of Object.values(this.gauges)) gauge.reset()
    for (const { gauge, values } of this.readers.flatMap(({ last }) => last)) {
      for (const { labels, value } of values) this.gauges[gauge].set(labels, value)
    }
    return this.registry.metrics()
  }

  private async refresh(reader: Reader): Promise<void> {
    if (performance.now() - reader.readAtMs < READ_EVERY_MS) return
    reader.running ??= this.readInto(reader).finally(() => (reader.running = undefined))
    await within(READ_TIMEOUT_MS, reader.running)
  }

  private async readInto(reader: Reader): Promise<void> {
    try {
      reader.last = await reader.read()
    } catch (error) {
      reader.last = []
      this.log.warn({ err: error }, 'Metrics could not be read.')
    }
    reader.readAtMs = performance.now()
  }
}

interface MetricConfig {
  readonly name: string
  readonly help: string
  readonly labelNames: string[]
}

function madeOf<Families extends Record<string, Family>, Metric>(
  families: Families,
  make: (config: MetricConfig) => Metric,
): Record<keyof Families, Metric> {
  const made = Object.entries(families).map(([name, { help, labels }]) => [
    name,
    make({ name, help, labelNames: [...labels] }),
  ])
  return Object.fromEntries(made) as Record<keyof Families, Metric>
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  await Promise.race([work, late])
  clearTimeout(timer)
}
