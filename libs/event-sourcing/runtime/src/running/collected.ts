import { StoreUnavailable } from '../errors'

/** What one batch takes at most; the rest of a turn makes further batches. */
const BATCH_MAX = 500

interface Waiting<Ask, Answer> {
  readonly ask: Ask
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

/**
 * Collects what is asked within one turn of the event loop into batches, one or more for each key. Every question gets an answer
 * that was looked up after it was asked: none waits for a batch under way, and keys do not wait for each other.
 */
export class Collected<Ask, Answer> {
  private waiting = new Map<string, Waiting<Ask, Answer>[]>()

  /** `answerAll`: one answer for each, in their order. Those of one key may be answered together. */
  constructor(
    private readonly keyOf: (ask: Ask) => string,
    private readonly answerAll: (asks: readonly Ask[]) => Promise<readonly Answer[]>,
  ) {}

  /** Throws what answering it has thrown. */
  ask(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) setImmediate(() => this.flush())
      const key = this.keyOf(ask)
      const batch = this.waiting.get(key) ?? []
      if (batch.length === 0) this.waiting.set(key, batch)
      batch.push({ ask, resolve, reject })
    })
  }

  private flush(): void {
    const turn = this.waiting
    this.waiting = new Map()
    for (const asked of turn.values()) {
      for (let from = 0; from < asked.length; from += BATCH_MAX) void this.answer(asked.slice(from, from + BATCH_MAX))
    }
  }

  private async answer(batch: readonly Waiting<Ask, Answer>[]): Promise<void> {
    try {
      const answers = await this.answerAll(batch.map(({ ask }) => ask))
      if (answers.length !== batch.length) throw new Error('There is not one answer for each question.')
      batch.forEach(({ resolve }, index) => resolve(answers[index] as Answer))
    } catch (error) {
      if (error instanceof StoreUnavailable || batch.length === 1) {
        for (const { reject } of batch) reject(error)
        return
      }
      // One question that cannot be answered must not fail its neighbours.
      await Promise.all(batch.map((each) => this.answer([each])))
    }
  }
}
