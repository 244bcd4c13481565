import type { DeadLetter, DeadLetters } from '../ports/dead-letters.port'
import { jsonCopy } from './json-copy'

/** Dead letters of one process, in the order added. */
export class MemoryDeadLetters implements DeadLetters {
  private readonly letters = new Map<string, DeadLetter>()

  async add(letter: DeadLetter): Promise<void> {
    if (!this.letters.has(letter.id)) this.letters.set(letter.id, jsonCopy(letter))
  }

  async blockedKeys(consumer: string, keys: readonly string[]): Promise<ReadonlySet<string>> {
    const asked = new Set(keys)
    const blocked = this.all().filter((letter) => letter.consumer === consumer && asked.has(letter.key))
    return new Set(blocked.map((letter) => letter.key))
  }

  async list(filter: { consumer?: string; limit: number }): Promise<DeadLetter[]> {
    return this.all()
      .filter((letter) => filter.consumer === undefined || letter.consumer === filter.consumer)
      .slice(0, filter.limit)
  }

  async ofKey(consumer: string, key: string): Promise<DeadLetter[]> {
    return this.all().filter((letter) => letter.consumer === consumer && letter.key === key)
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.letters.delete(id)
  }

  private all(): DeadLetter[] {
    return [...this.letters.values()]
  }
}
