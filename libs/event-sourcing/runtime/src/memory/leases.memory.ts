import type { Leases } from '../ports/leases.port'
import { runUnderHold } from '../run-under-hold'

/** One holder per role within one process, in the order asked. */
export class MemoryLeases implements Leases {
  private readonly holds = new Map<string, AbortController>()
  private readonly waiting = new Map<string, Set<() => void>>()

  async hold(role: string, stop: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    for (let hold = await this.win(role, stop); hold; hold = await this.win(role, stop)) {
      const held = hold
      const ended = await runUnderHold(work, held.signal, stop).finally(() => this.giveBack(role, held))
      if (ended) return
    }
  }

  async isHeld(role: string): Promise<boolean> {
    return this.holds.has(role)
  }

  /** Takes the role from its holder, as a lost connection does: its work is aborted and it waits again. */
  lose(role: string): void {
    const hold = this.holds.get(role)
    if (!hold) return
    hold.abort(new Error(`The hold of ${role} was lost.`))
    this.giveBack(role, hold)
  }

  /** Looks and takes in one step, so that of several who were woken only one wins. */
  private async win(role: string, stop: AbortSignal): Promise<AbortController | undefined> {
    while (!stop.aborted) {
      if (!this.holds.has(role)) {
        const hold = new AbortController()
        this.holds.set(role, hold)
        return hold
      }
      await this.nextChange(role, stop)
    }
    return undefined
  }

  private nextChange(role: string, stop: AbortSignal): Promise<void> {
    const waiters = this.waiting.get(role) ?? new Set()
    this.waiting.set(role, waiters)
    return new Promise((resolve) => {
      const wake = () => {
        stop.removeEventListener('abort', wake)
        waiters.delete(wake)
        resolve()
      }
      waiters.add(wake)
      stop.addEventListener('abort', wake)
    })
  }

  private giveBack(role: string, hold: AbortController): void {
    if (this.holds.get(role) !== hold) return
    this.holds.delete(role)
    for (const wake of [...(this.waiting.get(role) ?? [])]) wake()
  }
}
