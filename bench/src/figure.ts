import type { Goal } from './measure/goal'
import type { Judgement } from './measure/judge'
import type { Measurement } from './measure/rounds'
import type { Bench } from './world/bench'

/** One published figure. */
export interface Figure {
  /** Stable: `--only` and the JSON name it so. */
  readonly name: string
  readonly unit: string
  readonly goal: Goal
  /** Why it cannot run on this machine; undefined: it can. */
  unavailable?(): string | undefined
  /** Makes what the rounds need. What it opens it gives to `bench.closers`, which run after the last round. */
  prepare(bench: Bench): Promise<Measurement>
}

/** A figure with what came of it: a judgement, or why there is none. */
export interface FigureResult {
  readonly figure: Pick<Figure, 'name' | 'unit' | 'goal'>
  readonly outcome:
    | { readonly kind: 'measured'; readonly judgement: Judgement }
    | { readonly kind: 'unavailable' | 'failed'; readonly reason: string }
}
