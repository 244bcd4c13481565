import { setMaxListeners } from 'node:events'
import type { Leases } from '@billstream/event-sourcing-runtime'

const NEVER = new Promise<never>(() => undefined)

type State = 'running' | 'paused' | 'dead'

/**
 * What an operating system does to a program: it runs, it is stopped for a while without noticing, or it is gone. A dead one
 * gets no answer to anything any more, so it stops where it stands, as after kill -9; its memory is not used again.
 */
export class SimulatedProcess {
  /** Roles that it holds. */
  readonly roles = new Set<string>()
  /** Aborted when it dies: who waits in line for it waits no longer. */
  readonly gone = new AbortController()
  private state: State = 'running'
  private resumed: Promise<void> | undefined
  private wake: (() => void) | undefined
  private fenced = fence()

  constructor(readonly name: string) {
    setMaxListeners(0, this.gone.signal)
  }

  get isRunning(): boolean {
    return this.state === 'running'
  }

  get isDead(): boolean {
    return this.state === 'dead'
  }

  /** Each step of the process to the outside goes through here. */
  async pass(): Promise<void> {
    while (this.state === 'paused') await this.resumed
    if (this.state === 'dead') await NEVER
  }

  pause(): void {
    if (this.state !== 'running') return
    this.state = 'paused'
    this.resumed = new Promise((resolve) => {
      this.wake = resolve
    })
  }

  resume(): void {
    if (this.state !== 'paused') return
    this.state = 'running'
    // Who waits for an answer of before is told by the fence of before.
    if (this.fenced.isDown()) this.fenced = fence()
    this.wake?.()
  }

  crash(): void {
    this.state = 'dead'
    this.wake?.()
    this.fenced.resolve()
    this.gone.abort()
  }

  /** Others take it for dead, whether it is or not: its messages go to others, its roles too. */
  beTakenForDead(leases: Pick<LosableLeases, 'lose'>): void {
    this.fenced.resolve()
    for (const role of [...this.roles]) leases.lose(role)
    this.roles.clear()
  }

  /** Resolves when it has died or is taken for dead. */
  get outOfReach(): Promise<'fenced'> {
    return this.fenced.promise
  }
}

export type LosableLeases = Leases & { lose(role: string): void }

function fence() {
  let resolve = (): void => undefined
  let down = false
  const promise = new Promise<'fenced'>((done) => {
    resolve = () => {
      down = true
      done('fenced')
    }
  })
  return { promise, resolve: () => resolve(), isDown: () => down }
}
