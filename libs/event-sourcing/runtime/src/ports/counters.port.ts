/** Rate limits: counted in each process, joined every second. */
export interface Counters {
  /**
   * Adds this process's counts per (name, second) and returns the totals of all processes: an entry for each window asked for,
   * with the seconds from `fromSecond` on that have a count, in order. Seconds are whole seconds since 1970.
   */
  join(
    counts: readonly { name: string; second: number; count: number }[],
    windows: readonly { name: string; fromSecond: number }[],
  ): Promise<ReadonlyMap<string, { second: number; count: number }[]>>
  purge(beforeSecond: number): Promise<void>
}
