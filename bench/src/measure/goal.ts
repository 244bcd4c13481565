/** What a figure is to hold. Source: architecture.md, section 11. */
export interface Goal {
  /** Of the value to the reference of the same round. */
  readonly ratioMin?: number
  /** In the figure's unit, on a quiet machine. */
  readonly min?: number
  /** In the figure's unit, on a quiet machine. */
  readonly max?: number
}

/** `ratio >= 0.3 and >= 20,000 events/s`. */
export function goalText({ ratioMin, min, max }: Goal, unit: string): string {
  const parts = [
    ...(ratioMin === undefined ? [] : [`ratio >= ${ratioMin}`]),
    ...(min === undefined ? [] : [`>= ${min.toLocaleString('en-US')} ${unit}`]),
    ...(max === undefined ? [] : [`<= ${max.toLocaleString('en-US')} ${unit}`]),
  ]
  return parts.join(' and ')
}

export function isAbsolute({ min, max }: Goal): boolean {
  return min !== undefined || max !== undefined
}
