import { compareInstants } from '@billstream/kernel'
import type { Position } from '@billstream/event-sourcing-core'
import type { KeptTimer, Timer, TimerFilter, Timers, TimerWrite } from '../ports/timers.port'
import type { HaltedOrganizations } from './billing-halts.memory'
import { jsonCopy } from './json-copy'

interface Open {
  readonly timer: Timer
  readonly claimedUntil?: string
}

/** Timers of one process. At most one is open per (owner, rule, aggregate), since setting one replaces it. */
export class MemoryTimers implements Timers {
  private readonly checkpoints = new Map<string, Position>()
  private readonly open = new Map<string, Open>()
  private readonly firedIds = new Set<string>()

  /** halts: whose timers are not claimed; absent: none. */
  constructor(private readonly halts?: HaltedOrganizations) {}

  async checkpoint(rules: string): Promise<Position> {
    return this.checkpoints.get(rules) ?? 0n
  }

  async commit(rules: string, move: { from: Position; to: Position }, writes: readonly TimerWrite[]): Promise<boolean> {
    if ((this.checkpoints.get(rules) ?? 0n) !== move.from) return false
    this.checkpoints.set(rules, move.to)
    for (const write of writes) this.apply(write)
    return true
  }

  async claimDue(owner: string, now: string, claimedUntil: string, limit: number): Promise<Timer[]> {
    const claimed = this.earliestOfAggregates(owner)
      .filter((entry) => compareInstants(entry.timer.due, now) <= 0 && isFree(entry, now))
      .slice(0, limit)
    for (const { timer } of claimed) this.open.set(placeOf(timer), { timer, claimedUntil })
    return claimed.map(({ timer }) => jsonCopy(timer))
  }

  async nextDue(owner: string): Promise<string | undefined> {
    return this.earliestOfAggregates(owner).find(({ claimedUntil }) => claimedUntil === undefined)?.timer.due
  }

  async firstOfClock(clockId: string, until: string): Promise<Timer | undefined> {
    const first = this.inOrder().find(({ timer }) => timer.clockId === clockId)?.timer
    return first && compareInstants(first.due, until) <= 0 ? jsonCopy(first) : undefined
  }

  async fired(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.firedIds.add(id)
    for (const [place, { timer }] of this.open) if (this.firedIds.has(timer.id)) this.open.delete(place)
  }

  async release(ids: readonly string[]): Promise<void> {
    const released = new Set(ids)
    for (const [place, { timer }] of this.open) if (released.has(timer.id)) this.open.set(place, { timer })
  }

  async list(filter: TimerFilter): Promise<Timer[]> {
    const { dueUntil } = filter
    const members = ['owner', 'organizationId', 'aggregateId'] as const
    return this.inOrder()
      .map(({ timer }) => timer)
      .filter((timer) => members.every((name) => filter[name] === undefined || timer[name] === filter[name]))
      .filter(({ due }) => dueUntil === undefined || compareInstants(due, dueUntil) <= 0)
      .slice(0, filter.limit)
      .map((timer) => jsonCopy(timer))
  }

  async kept(ids: readonly string[]): Promise<KeptTimer[]> {
    const open = new Map([...this.open.values()].map(({ timer }) => [timer.id, timer]))
    return [...new Set(ids)].flatMap((id): KeptTimer[] => {
      const timer = open.get(id)
      if (timer) return [{ state: 'open', id, due: timer.due, clockId: timer.clockId }]
      return this.firedIds.has(id) ? [{ state: 'fired', id }] : []
    })
  }

  async forgetFired(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.firedIds.delete(id)
  }

  private apply(write: TimerWrite): void {
    const place = placeOf(write.kind === 'set' ? write.timer : write)
    const known = this.open.get(place)
    this.open.delete(place)
    if (write.kind === 'cancel' || this.firedIds.has(write.timer.id)) return
    const claim = known?.timer.id === write.timer.id && known.claimedUntil
    this.open.set(place, { timer: jsonCopy(write.timer), ...(claim && { claimedUntil: claim }) })
  }

  private earliestOfAggregates(owner: string): Open[] {
    const earliest = new Map<string, Open>()
    for (const entry of this.inOrder()) {
      const { timer } = entry
      if (timer.owner !== owner || timer.clockId !== null || earliest.has(timer.aggregateId)) continue
      if (this.halts?.isHalted(timer.organizationId)) continue
      earliest.set(timer.aggregateId, entry)
    }
    return [...earliest.values()]
  }

  private inOrder(): Open[] {
    return [...this.open.values()].sort((a, b) => compareTimers(a.timer, b.timer))
  }
}

function isFree({ claimedUntil }: Open, now: string): boolean {
  return claimedUntil === undefined || compareInstants(claimedUntil, now) <= 0
}

function placeOf({ owner, rule, aggregateId }: { owner: string; rule: string; aggregateId: string }): string {
  return JSON.stringify([owner, rule, aggregateId])
}

/** The order in which timers fire: due, rank, tie break, id. Source: domain.md, section 3. */
export function compareTimers(a: Timer, b: Timer): number {
  return (
    compareInstants(a.due, b.due) || a.rank - b.rank || compareText(a.tieBreak, b.tieBreak) || compareText(a.id, b.id)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
