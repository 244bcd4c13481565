import { readFileSync } from 'node:fs'

const STAT = '/proc/stat'
/** user nice system idle iowait irq softirq steal; guest time is in user already. */
const TICKS = 8
const STEAL = 7

/** Since the machine started. */
export interface CpuTicks {
  readonly steal: number
  readonly total: number
}

/** undefined where there is no /proc/stat. */
export function cpuTicks(): CpuTicks | undefined {
  try {
    return parseCpuTicks(readFileSync(STAT, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** text: of /proc/stat, whose first line sums all processors. undefined where that does not tell the steal. */
export function parseCpuTicks(text: string): CpuTicks | undefined {
  const [name, ...numbers] = (text.split('\n', 1)[0] ?? '').trim().split(/\s+/)
  const ticks = numbers.slice(0, TICKS).map(Number)
  const steal = ticks[STEAL]
  if (name !== 'cpu' || steal === undefined) return undefined
  return { steal, total: ticks.reduce((sum, each) => sum + each, 0) }
}

/** Percent of the CPU time between two looks that the host gave to others; null where it is unknown. */
export function stealPercent(before: CpuTicks | undefined, after: CpuTicks | undefined): number | null {
  if (!before || !after || after.total <= before.total) return null
  return (100 * (after.steal - before.steal)) / (after.total - before.total)
}
