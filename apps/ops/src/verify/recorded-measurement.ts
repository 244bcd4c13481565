import type { MeasuredMetric } from '@billstream/event-sourcing-runtime'
import { parseInstant } from '@billstream/kernel'
import { NOTHING_MEASURED } from '@billstream/rating'
import type { EventOf } from '@billstream/event-sourcing-core'
import type { MeasuredCharge, PeriodMeasured } from '@billstream/usage-contracts'

type Recorded = EventOf<typeof PeriodMeasured>['data']

/** What an event says of the measurement that it was made of, in the form in which the log keeps one. */
export function asKept({ watermark, charges, corrections }: Recorded) {
  return {
    watermark,
    metrics: metricsOf(charges),
    corrections: corrections.map(({ invoiceId, period, planId, planVersion, charges: corrected }) => ({
      ...{ invoiceId, from: period.start, to: period.end },
      request: { planId, planVersion },
      metrics: metricsOf(corrected),
    })),
  }
}

/**
 * The parts of `kept` that stand in the pattern, instants in one form: the same as the pattern where it says the same, in whatever
 * order of columns. Anything may have been written into it.
 */
export function likeIn(kept: unknown, pattern: unknown): unknown {
  if (Array.isArray(pattern)) {
    const isAsLong = Array.isArray(kept) && kept.length === pattern.length
    return isAsLong ? kept.map((each, index) => likeIn(each, pattern[index])) : kept
  }
  if (isObject(pattern) && isObject(kept)) {
    return Object.fromEntries(Object.entries(pattern).map(([name, value]) => [name, likeIn(kept[name], value)]))
  }
  return typeof kept === 'string' && kept !== pattern ? instantIn(kept) : kept
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function instantIn(text: string): string {
  const instant = parseInstant(text)
  return instant.ok ? instant.value : text
}

/** One for each metric, in the order of the charges, as a measurement has them. */
function metricsOf(charges: readonly MeasuredCharge[]): MeasuredMetric[] {
  const byCode = new Map<string, MeasuredMetric>()
  for (const { metricCode: code, parts } of charges) {
    if (!byCode.has(code)) byCode.set(code, { code, ...NOTHING_MEASURED, ...parts })
  }
  return [...byCode.values()]
}
