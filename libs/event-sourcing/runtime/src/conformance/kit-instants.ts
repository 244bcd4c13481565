import { addSeconds, type Instant } from '@billstream/kernel'

/** Seconds after the moment at which every story of the kits begins. */
export function at(seconds: number): Instant {
  return addSeconds('2026-01-01T00:00:00.000Z', seconds)
}

/** n results of the same call, begun together. */
export function together<T>(n: number, call: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: n }, (_, index) => call(index)))
}
