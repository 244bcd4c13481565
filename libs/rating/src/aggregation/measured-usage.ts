/**
 * The parts from which every aggregation is read; safe to store as JSON. Decimals are text; `max` and `latest` are null without
 * a value. Over events with start <= timestamp < end. Source: domain.md, section 5.
 */
export interface MeasuredUsage {
  readonly eventsCount: number
  readonly sum: string
  readonly max: string | null
  readonly latest: string | null
  readonly uniqueCount: number
}

export const NOTHING_MEASURED: MeasuredUsage = { eventsCount: 0, sum: '0', max: null, latest: null, uniqueCount: 0 }
