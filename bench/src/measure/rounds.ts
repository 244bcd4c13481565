import { cpuTicks, stealPercent, type CpuTicks } from './cpu-steal'
import { isAbsolute, type Goal } from './goal'
import { isQuiet, type Round } from './judge'
import { meanOf } from './statistics'

/** Rounds in all, while too few were quiet for an absolute goal. */
const TRIES_MAX = 5
/** The reference and the value take turns: A B A B. */
const TURNS_PER_ROUND = 2

/** What a prepared figure measures. Both give a number in the figure's unit. */
export interface Measurement {
  value(): Promise<number>
  reference?(): Promise<number>
}

export interface RoundsOptions {
  readonly goal: Goal
  /** At least. */
  readonly rounds: number
  /** Default: those of this machine. */
  readonly ticks?: () => CpuTicks | undefined
}

/** Runs `rounds` rounds, and up to five where an absolute goal lacks quiet ones. told: after each. */
export async function measureRounds(
  { goal, rounds, ticks = cpuTicks }: RoundsOptions,
  measurement: Measurement,
  told: (round: Round, number: number) => void,
): Promise<Round[]> {
  const done: Round[] = []
  const wanted = () => (isAbsolute(goal) ? done.filter(isQuiet) : done).length < rounds
  const max = isAbsolute(goal) ? Math.max(TRIES_MAX, rounds) : rounds
  while (done.length < rounds || (done.length < max && wanted())) {
    const round = await measureRound(measurement, ticks)
    done.push(round)
    told(round, done.length)
  }
  return done
}

async function measureRound(measurement: Measurement, ticks: () => CpuTicks | undefined): Promise<Round> {
  const before = ticks()
  const values: number[] = []
  const references: number[] = []
  // Without a reference there is nothing to take turns with.
  for (let turn = 0; turn < (measurement.reference ? TURNS_PER_ROUND : 1); turn += 1) {
    if (measurement.reference) references.push(await measurement.reference())
    values.push(await measurement.value())
  }
  return {
    value: meanOf(values),
    reference: references.length > 0 ? meanOf(references) : null,
    stealPercent: stealPercent(before, ticks()),
  }
}
