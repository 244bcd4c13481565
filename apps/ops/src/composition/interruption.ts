import { EXIT_CODES, type Failure } from '../console/outcome'

/** One Ctrl-C reaches the process twice, from the terminal and from npm: within this time it is the same, in milliseconds. */
const SAME_INTERRUPTION_MS = 500

const AT_ONCE: Failure = {
  code: 'interrupted',
  message: 'It was ended at once by a second Ctrl-C: what was under way is not done. Run it again.',
}

/**
 * Ctrl-C, from the moment at which this file is loaded; loading the rest of the program takes a second, in which the system would
 * end it without a word. So it is imported first, and imports next to nothing.
 */
class Interruption {
  private readonly controller = new AbortController()
  private sinceMs = 0
  private say: (failure: Failure) => void = () => undefined

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => this.interrupt())
  }

  /** The first Ctrl-C aborts it: the command ends at its next safe point. */
  get signal(): AbortSignal {
    return this.controller.signal
  }

  /** Resolves when a Ctrl-C that came meanwhile was heard. */
  heard(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }

  /** How it is said that the second one ends the process. */
  tells(say: (failure: Failure) => void): void {
    this.say = say
  }

  private interrupt(): void {
    if (!this.signal.aborted) this.sinceMs = performance.now()
    else if (performance.now() - this.sinceMs > SAME_INTERRUPTION_MS) {
      this.say(AT_ONCE)
      process.exit(EXIT_CODES.interrupted)
    }
    this.controller.abort()
  }
}

export const interruption = new Interruption()
