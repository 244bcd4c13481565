import type { IdSource } from '@billstream/kernel'

/**
 * The same ids in every run, ordered as they were given, in the form of UUID v7.
 * series: tells several sources of one test apart; 0 to 65,535.
 */
export function sequentialIds(series = 0): IdSource {
  let given = 0
  const middle = series.toString(16).padStart(4, '0')
  return {
    next: () => {
      given += 1
      return `00000000-${middle}-7000-8000-${given.toString(16).padStart(12, '0')}`
    },
  }
}
