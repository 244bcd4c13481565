import type { Position } from '@billstream/event-sourcing-core'

/** Where every loop of this process stands, and a way to wait for it without polling. */
export class ProgressBoard {
  private readonly reached = new Map<string, Position>()
  private readonly waiters = new Set<() => void>()

  set(name: string, position: Position): void {
    this.reached.set(name, position)
    for (const check of [...this.waiters]) check()
  }

  get(name: string): Position | undefined {
    return this.reached.get(name)
  }

  names(): string[] {
    return [...this.reached.keys()]
  }

  positions(): ReadonlyMap<string, Position> {
    return new Map(this.reached)
  }

  /** Resolves when each named loop has reached the position, or when the signal aborts. */
  async waitFor(names: readonly string[], position: Position, signal: AbortSignal): Promise<void> {
    const done = () => names.every((name) => (this.reached.get(name) ?? 0n) >= position)
    if (done() || signal.aborted) return
    await new Promise<void>((resolve) => {
      const check = () => {
        if (!done() && !signal.aborted) return
        this.waiters.delete(check)
        signal.removeEventListener('abort', check)
        resolve()
      }
      this.waiters.add(check)
      signal.addEventListener('abort', check)
    })
  }
}
