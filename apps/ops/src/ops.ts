import type { Projection } from '@billstream/event-sourcing-core'
import type { EventIndex, PlatformPorts } from '@billstream/event-sourcing-runtime'
import { EXIT_CODES, interrupted, type Outcome } from './console/outcome'
import type { Output } from './console/output'
import type { StartProgress } from './console/progress'
import type { Diagnose } from './doctor/finding'
import type { OpenTopic } from './replay/topic.port'

/** What a command may reach, behind ports. */
export interface OpsPorts extends PlatformPorts {
  readonly eventIndex: EventIndex
  /** Every view of the platform. */
  readonly projections: readonly Projection[]
  /** Every process and subscriber of the platform, by name. */
  readonly consumers: readonly string[]
}

export interface OpsOptions {
  readonly out: Output
  readonly progress: StartProgress
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal
  /** Who it is that gives the commands: kept with what they change. */
  readonly operator: string
  /** Connects; throws CommandEnded with what is missing. */
  readonly connect: () => Promise<OpsPorts>
  readonly openTopic: OpenTopic
  readonly diagnose: Diagnose
}

/** Said of a command that has nothing better to say. */
export const BROKEN_OFF =
  'It was broken off before its end, so there is no result. What was done until then is done whole; run it again.'

/** What every command of the tool is given. */
export class Ops {
  readonly out: Output
  readonly progress: StartProgress
  /** Aborts on Ctrl-C: a command then ends at its next safe point and leaves nothing half done. */
  readonly signal: AbortSignal
  readonly operator: string
  readonly openTopic: OpenTopic
  /** What must be right before anything can be opened. */
  readonly diagnose: Diagnose
  private readonly connect: () => Promise<OpsPorts>
  private opened: Promise<OpsPorts> | undefined
  private outcome: Outcome = 'ok'

  constructor({ out, progress, signal, operator, connect, openTopic, diagnose }: OpsOptions) {
    this.out = out
    this.progress = progress
    this.signal = signal
    this.operator = operator
    this.connect = connect
    this.openTopic = openTopic
    this.diagnose = diagnose
  }

  get exitCode(): number {
    return EXIT_CODES[this.outcome]
  }

  /** The ports of the platform, connected at the first call. */
  open(): Promise<OpsPorts> {
    return (this.opened ??= this.connect())
  }

  /**
   * Turns a command's work into what the command line calls. What it resolves with becomes the exit code; nothing is ok. Work
   * that ends early because of the signal resolves with `interrupted`, or throws what was done and what was not: its result is
   * not printed.
   */
  does<Arguments extends unknown[]>(
    work: (...given: Arguments) => Promise<Outcome | undefined>,
  ): (...given: Arguments) => Promise<void> {
    return async (...given) => {
      if (this.signal.aborted) throw interrupted('It was broken off before it began: nothing was done.')
      const outcome = (await work(...given)) ?? 'ok'
      if (outcome === 'interrupted') throw interrupted(BROKEN_OFF)
      this.out.release()
      this.outcome = outcome
    }
  }
}
