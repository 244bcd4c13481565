import type { Counters } from '../ports/counters.port'

/** Counts of one process. */
export class MemoryCounters implements Counters {
  private readonly counts = new Map<string, Map<number, number>>()

  async join(
    counts: readonly { name: string; second: number; count: number }[],
    windows: readonly { name: string; fromSecond: number }[],
  ): Promise<ReadonlyMap<string, { second: number; count: number }[]>> {
    for (const { name, second, count } of counts) {
      const seconds = this.counts.get(name) ?? new Map<number, number>()
      this.counts.set(name, seconds.set(second, (seconds.get(second) ?? 0) + count))
    }
    return new Map(windows.map(({ name, fromSecond }) => [name, this.window(name, fromSecond)]))
  }

  async purge(beforeSecond: number): Promise<void> {
    for (const [name, seconds] of this.counts) {
      for (const second of seconds.keys()) if (second < beforeSecond) seconds.delete(second)
      if (seconds.size === 0) this.counts.delete(name)
    }
  }

  private window(name: string, fromSecond: number): { second: number; count: number }[] {
    return [...(this.counts.get(name) ?? [])]
      .filter(([second]) => second >= fromSecond)
      .map(([second, count]) => ({ second, count }))
      .sort((a, b) => a.second - b.second)
  }
}
