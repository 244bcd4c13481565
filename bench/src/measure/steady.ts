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

/** One turn of a load; more is faster. */
export type Turn = () => Promise<number>

/**
 * Runs turns of loads, one after the other, until all are steady, 15 of each at most: a program compiles what it does often only
 * while it does it, and half a minute of load makes it twice as fast.
 */
export async function untilSteady(turns: readonly Turn[], turnsMax: number = WARM_UP_TURNS_MAX): Promise<void> {
  const loads = turns.map((turn) => ({ turn, rates: [] as number[] }))
  for (let done = 0; done < turnsMax && !loads.every(({ rates }) => isSteady(rates)); done += 1) {
    for (const { turn, rates } of loads) rates.push(await turn())
  }
}
