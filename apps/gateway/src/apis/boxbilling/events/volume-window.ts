import { epochMillis, instantOfMillis, ok, refuse, type Instant, type Result } from '@billstream/kernel'

const HOUR_MS = 3_600_000
const DEFAULT_HOURS = 24
const VOLUME_DAYS_MAX = 92

/** Whole UTC hours, both inclusive. */
export interface VolumeWindow {
  readonly fromHour: Instant
  readonly toHour: Instant
}

/** The hours that a request asks for: by default the last 24 until now. Refusal `invalid_window` beyond 92 days. */
export function volumeWindow(
  sent: { from?: Instant | null; to?: Instant | null },
  now: Instant,
): Result<VolumeWindow, 'invalid_window'> {
  const to = hourOf(sent.to ?? now)
  const from = sent.from ? hourOf(sent.from) : to - (DEFAULT_HOURS - 1) * HOUR_MS
  if (from > to) return refuse('invalid_window', 'from_timestamp lies after to_timestamp.', 'from_timestamp')
  if (to - from > VOLUME_DAYS_MAX * 24 * HOUR_MS) {
    return refuse('invalid_window', `A window has at most ${VOLUME_DAYS_MAX} days.`, 'from_timestamp')
  }
  return ok({ fromHour: instantOfMillis(from), toHour: instantOfMillis(to) })
}

/** One point for each hour of the window, `YYYY-MM-DD HH:00` in UTC; an hour without events is 0. */
export function volumePoints(
  { fromHour, toHour }: VolumeWindow,
  hours: readonly { hour: Instant; count: number }[],
): { timestamp: string; count: number }[] {
  const counts = new Map(hours.map(({ hour, count }) => [hourOf(hour), count]))
  const points: { timestamp: string; count: number }[] = []
  for (let at = epochMillis(fromHour); at <= epochMillis(toHour); at += HOUR_MS) {
    points.push({ timestamp: instantOfMillis(at).slice(0, 16).replace('T', ' '), count: counts.get(at) ?? 0 })
  }
  return points
}

function hourOf(instant: Instant): number {
  return Math.floor(epochMillis(instant) / HOUR_MS) * HOUR_MS
}
