import type { DeadLetter, DeadLetters, EndedLetter, KeptLetter, LetterEnd } from '../ports/dead-letters.port'
import { jsonCopy } from './json-copy'

/** Dead letters of one process, in the order added. */
export class MemoryDeadLetters implements DeadLetters {
  private readonly letters = new Map<string, KeptLetter>()
  private readonly left = new Map<string, EndedLetter>()

  async add(letter: DeadLetter): Promise<void> {
    if (this.letters.has(letter.id) || this.left.has(letter.id)) return
    this.letters.set(letter.id, jsonCopy({ ...letter, waits: letter.tries === 0 }))
  }

  async blockedKeys(consumer: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
    const asked = new Set(keys)
    const blocked = this.all().filter((letter) => letter.consumer === consumer && asked.has(letter.key))
    return new Set(blocked.map((letter) => letter.key))
  }

  async list(filter: { consumer?: string; limit: number }): Promise<KeptLetter[]> {
    return this.all()
      .filter((letter) => filter.consumer === undefined || letter.consumer === filter.consumer)
      .slice(0, filter.limit)
  }

  async get(id: string): Promise<KeptLetter | undefined> {
    return this.letters.get(id)
  }

  async ofKey(consumer: string, key: string): Promise<KeptLetter[]> {
    return this.all().filter((letter) => letter.consumer === consumer && letter.key === key)
  }

  async pendingOf(correlationId: string): Promise<number> {
    return this.all().filter(({ event }) => event.correlationId === correlationId).length
  }

  async takeable(consumers: readonly string[], limit: number): Promise<KeptLetter[]> {
    const asked = new Set(consumers)
    const first = new Map<string, KeptLetter>()
    for (const letter of this.all()) {
      const place = JSON.stringify([letter.consumer, letter.key])
      if (asked.has(letter.consumer) && !first.has(place)) first.set(place, letter)
    }
    return [...first.values()].filter(({ waits }) => waits).slice(0, limit)
  }

  async retry(ids: readonly string[]): Promise<number> {
    const failed = ids.map((id) => this.letters.get(id)).filter((letter) => letter?.waits === false)
    for (const letter of failed) if (letter) this.letters.set(letter.id, { ...letter, waits: true })
    return failed.length
  }

  async failedAgain(id: string, { error, tries }: { error: string; tries: number }): Promise<void> {
    const letter = this.letters.get(id)
    if (letter) this.letters.set(id, { ...letter, error, tries: letter.tries + tries, waits: false })
  }

  async end(ids: readonly string[], end: LetterEnd): Promise<number> {
    const found = ids.map((id) => this.letters.get(id)).filter((letter) => letter !== undefined)
    for (const { waits: _, ...letter } of found) {
      this.letters.delete(letter.id)
      this.left.set(letter.id, { ...letter, end: { ...end } })
    }
    return found.length
  }

  async ended({ consumer, limit }: { consumer?: string; limit: number }): Promise<EndedLetter[]> {
    return [...this.left.values()]
      .reverse()
      .filter((letter) => consumer === undefined || letter.consumer === consumer)
      .slice(0, limit)
  }

  private all(): KeptLetter[] {
    return [...this.letters.values()]
  }
}
