/** What a steady load has done. */
export interface Driven {
  readonly calls: number
  readonly seconds: number
  /** Of each call, in milliseconds. */
  readonly latenciesMs: readonly number[]
}

export interface Load {
  /** Each calls again as soon as it has its answer. */
  readonly callers: number
  readonly durationMs: number
  call(caller: number): Promise<unknown>
}

/** Drives a load once more, for as long as a turn lasts. */
export type LoadTurn = () => Promise<Driven>

export function perSecond({ calls, seconds }: Driven): number {
  return calls / seconds
}

/** Drives a load for a time; calls that are under way at its end are finished and counted. Throws what a call throws. */
export async function drive({ callers, durationMs, call }: Load): Promise<Driven> {
  const latenciesMs: number[] = []
  const started = performance.now()
  const until = started + durationMs
  await together(callers, async (caller) => {
    for (let before = performance.now(); before < until; before = performance.now()) {
      await call(caller)
      latenciesMs.push(performance.now() - before)
    }
  })
  return { calls: latenciesMs.length, seconds: (performance.now() - started) / 1_000, latenciesMs }
}

/** Works through `count` tasks, `callers` at once. */
export async function doAll(callers: number, count: number, task: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0
  await together(Math.min(callers, count), async () => {
    while (next < count) await task(next++)
  })
}

/** The seconds that a work takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1_000
}

async function together(callers: number, work: (caller: number) => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: callers }, (_, caller) => work(caller)))
}
