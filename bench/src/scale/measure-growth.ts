import { exponentOf, type Point } from '../measure/growth'
import { medianOf } from '../measure/statistics'
import { numberText } from '../report/table'
import type { Bench } from '../world/bench'
import type { GrowingWork } from './growing-work'

/** Times the smallest size. */
const SCALES = [1, 4, 16] as const

/** How a work grew. */
export interface Growth {
  readonly work: Pick<GrowingWork, 'name' | 'unit'>
  /** The median of the rounds at each size. */
  readonly points: readonly Point[]
  readonly exponent: number
}

/** Each round goes through all sizes, so that a slow while of the machine meets all of them. */
export async function measureGrowth(work: GrowingWork, rounds: number, bench: Bench): Promise<Growth> {
  const base = bench.size(work.base.full, work.base.quick)
  const measured = SCALES.map((scale) => ({ size: base * scale, seconds: [] as number[] }))
  for (let round = 1; round <= rounds; round += 1) {
    for (const { size, seconds } of measured) seconds.push(await measureOnce(work, size, bench))
    const texts = measured.map(({ seconds }) => `${numberText(seconds.at(-1) ?? 0)} s`)
    bench.say(`${work.name}, round ${round}: ${texts.join(', ')}`)
  }
  const points = measured.map(({ size, seconds }) => ({ size, seconds: medianOf(seconds) }))
  return { work, points, exponent: exponentOf(points) }
}

async function measureOnce(work: GrowingWork, size: number, bench: Bench): Promise<number> {
  try {
    return await work.measure(bench, size)
  } finally {
    await bench.closers.run(bench.log)
  }
}
