import type { Bells } from '../ports/bells.port'

/** The bells of one process. */
export class MemoryBells implements Bells {
  private readonly listeners = new Map<string, Set<() => void>>()

  ring(name: string): void {
    for (const heard of [...(this.listeners.get(name) ?? [])]) heard()
  }

  listen(name: string, heard: () => void): () => void {
    const listeners = this.listeners.get(name) ?? new Set()
    this.listeners.set(name, listeners)
    listeners.add(heard)
    return () => {
      listeners.delete(heard)
      if (listeners.size === 0) this.listeners.delete(name)
    }
  }
}
