import { meanOf } from './statistics'

/** Turns that are compared with as many before them. */
const TURNS_COMPARED = 3
/** From one three to the next; below it a rate stands still. */
const GROWTH_MIN = 0.03
export const WARM_UP_TURNS_MAX = 15

/** Whether a load has come to its rate: the last three turns are not faster by 3 % than the three before. */
export function isSteady(rates: readonly number[]): boolean {
  if (rates.length < 2 * TURNS_COMPARED) return false
  const last = meanOf(rates.slice(-TURNS_COMPARED))
  const before = meanOf(rates.slice(-2 * TURNS_COMPARED, -TURNS_COMPARED))
  return last < before * (1 + GROWTH_MIN)
}

/**
 * Runs turns of a load until it is steady, 15 at most: a program compiles what it does often only while it does it, and half a minute
 * of load makes it twice as fast. rateOfTurn: more is faster.
 */
export async function untilSteady(
  rateOfTurn: () => Promise<number>,
  turnsMax: number = WARM_UP_TURNS_MAX,
): Promise<void> {
  const rates: number[] = []
  while (rates.length < turnsMax && !isSteady(rates)) rates.push(await rateOfTurn())
}
