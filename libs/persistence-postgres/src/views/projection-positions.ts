import { randomUUID } from 'node:crypto'
import type { Position } from '@billstream/event-sourcing-core'
import { ProgressBoard, type ViewProgress } from '@billstream/event-sourcing-runtime'
import type { Notifications } from '../database/notifications'
import type { Queries } from '../database/queries'

const CHANNEL = 'billstream_projections'
const LOOK_INTERVAL_MS = 1_000
/** How long nobody has waited until notifications are not heard any more, in milliseconds. */
const LISTEN_AFTER_WAIT_MS = 5_000
const NEVER_RAN = -1n

const ALL = { name: 'projection_positions', text: 'select name, position from projections.checkpoints' }

/**
 * Where the projections of all processes stand, as far as this one knows: told directly by its own commits, by
 * notifications of the others' while somebody waits and a little longer, and read when it was not told, and once a second
 * while somebody waits, in case a notification was lost.
 */
export class ProjectionPositions implements ViewProgress {
  private readonly program = randomUUID()
  private readonly board = new ProgressBoard()
  /** Projections that this process has moved. */
  private readonly own = new Set<string>()
  private stopListening: (() => void) | undefined
  private leaving: NodeJS.Timeout | undefined
  private reading: Promise<ReadonlyMap<string, Position>> | undefined
  private waiting = 0
  private timer: NodeJS.Timeout | undefined

  constructor(
    private readonly worker: Queries,
    private readonly notifications: Notifications,
    private readonly listenAfterWaitMs = LISTEN_AFTER_WAIT_MS,
  ) {}

  async reached(projections: readonly string[], position: Position, timeoutMs: number): Promise<boolean> {
    const done = (): boolean => projections.every((name) => (this.board.get(name) ?? NEVER_RAN) >= position)
    if (!this.isTold(projections)) await this.look()
    if (done()) return true
    this.listen()
    await this.know(projections)
    const enough = new AbortController()
    const timeout = setTimeout(() => enough.abort(), timeoutMs)
    this.startWaiting()
    try {
      await this.board.waitFor(projections, position, enough.signal)
    } finally {
      clearTimeout(timeout)
      this.stopWaiting()
    }
    return done()
  }

  async positions(): Promise<ReadonlyMap<string, Position>> {
    const stored = await this.read()
    const ahead = [...stored].map(([name, position]): [string, Position] => {
      const known = this.board.get(name) ?? 0n
      return [name, known > position ? known : position]
    })
    return new Map(ahead)
  }

  /** This process has moved a projection; `told` also the others, once the move is stored. */
  moved(name: string, position: Position): void {
    this.own.add(name)
    this.board.set(name, position)
  }

  told(name: string, position: Position): void {
    this.notifications.send(CHANNEL, name, `${this.program} ${position} ${name}`)
  }

  close(): void {
    clearInterval(this.timer)
    this.leave()
  }

  /** While somebody waits and a little longer: each notification wakes a process, and many hardly ever wait. */
  private listen(): void {
    clearTimeout(this.leaving)
    this.stopListening ??= this.notifications.listen(CHANNEL, {
      heard: (payload) => this.heard(payload),
      listening: () => void this.lookAnew(),
      resumed: () => void this.startAgain(),
    })
  }

  private leave(): void {
    clearTimeout(this.leaving)
    this.stopListening?.()
    this.stopListening = undefined
  }

  private heard(payload: string): void {
    const [, program, position, name] = /^(\S+) (\d+) (.+)$/.exec(payload) ?? []
    if (program === this.program || position === undefined || name === undefined) return
    this.board.set(name, BigInt(position))
  }

  private read(): Promise<ReadonlyMap<string, Position>> {
    this.reading ??= this.worker
      .query<{ name: string; position: string }>(ALL)
      .then((rows) => new Map(rows.map(({ name, position }) => [name, BigInt(position)])))
      .finally(() => (this.reading = undefined))
    return this.reading
  }

  /** Reads where projections stand that this process has heard nothing of; once, then notifications and looks go on. */
  private async know(projections: readonly string[]): Promise<void> {
    if (projections.every((name) => this.board.get(name) !== undefined)) return
    this.raise(await this.read())
    for (const name of projections) if (this.board.get(name) === undefined) this.board.set(name, NEVER_RAN)
  }

  /** What nobody told is read. */
  private async look(): Promise<void> {
    const stored = await this.readIfPossible()
    if (stored) this.raise(stored)
  }

  /** What was read before, or is being read, may have moved unheard. */
  private async lookAnew(): Promise<void> {
    await this.readIfPossible()
    await this.look()
  }

  /** A server that has crashed may have lost the last moves: what is known from before counts no more. */
  private async startAgain(): Promise<void> {
    const stored = await this.readIfPossible()
    if (stored) for (const [name, position] of stored) this.board.set(name, position)
  }

  private isTold(projections: readonly string[]): boolean {
    return this.stopListening !== undefined || projections.every((name) => this.own.has(name))
  }

  private raise(stored: ReadonlyMap<string, Position>): void {
    const isSilent = this.stopListening === undefined
    for (const [name, position] of stored) {
      // What this process holds is never behind what it has stored; of others' nobody told it what a crashed server has lost.
      const isNews = position > (this.board.get(name) ?? NEVER_RAN) || (isSilent && !this.own.has(name))
      if (isNews) this.board.set(name, position)
    }
  }

  private async readIfPossible(): Promise<ReadonlyMap<string, Position> | undefined> {
    try {
      return await this.read()
    } catch {
      // Whoever waits goes on waiting; the next look tries again.
      return undefined
    }
  }

  private startWaiting(): void {
    this.waiting += 1
    if (this.timer) return
    this.timer = setInterval(() => void this.look(), LOOK_INTERVAL_MS)
    this.timer.unref()
  }

  private stopWaiting(): void {
    this.waiting -= 1
    if (this.waiting > 0) return
    clearInterval(this.timer)
    this.timer = undefined
    this.leaving = setTimeout(() => this.leave(), this.listenAfterWaitMs).unref()
  }
}
