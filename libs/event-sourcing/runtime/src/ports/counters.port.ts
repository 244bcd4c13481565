/** Rate limits: counted in each process, joined every second. */
export interface Counters {
  /** Adds this process's counts per (name, second) and returns the totals of the window of all processes. */
  join(
    counts: readonly { name: string; second: number; count: number }[],
    windows: readonly { name: string; fromSecond: number }[],
  ): Promise<ReadonlyMap<string, { second: number; count: number }[]>>
  purge(beforeSecond: number): Promise<void>
}
