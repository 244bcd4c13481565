import type { Position, TimerRules } from '@billstream/event-sourcing-core'
import { timerWrites, type KeptTimer, type Timer, type TimerWrite } from '@billstream/event-sourcing-runtime'
import { compareInstants } from '@billstream/kernel'
import { invoiceTimers } from '@billstream/invoicing-domain'
import { subscriptionTimers } from '@billstream/subscriptions-domain'
import { eventsBetween } from '../console/follow'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { isOf, type Partition } from '../verify/folded-rows'

const PAGE_MAX = 1_000

/** What keeps billing going: starts, ends of periods, and ends of grace. */
export const BILLING_RULES: readonly TimerRules[] = [subscriptionTimers, invoiceTimers]

export type TimerPorts = Pick<OpsPorts, 'eventStore' | 'timers' | 'processes' | 'sleeper'>

export interface Surroundings {
  readonly progress: Progress
  readonly signal: AbortSignal
}

export type TimerWalk = Surroundings & { readonly rules: TimerRules }

/** What the rules write for the events after `from` up to `to`, in order. */
export async function* writesBetween(
  { eventStore }: TimerPorts,
  { rules, progress, signal }: TimerWalk,
  { from, to }: { readonly from: Position; readonly to: Position },
): AsyncIterable<TimerWrite> {
  let before = from
  const filter = { types: Object.keys(rules.on) }
  for await (const { events, reached } of eventsBetween(eventStore, { from, to, signal, filter })) {
    for (const event of events) yield* timerWrites(rules, event)
    progress.advance(Number(reached - before))
    before = reached
  }
}

/** A timer that is not kept as the events ask for it. */
export interface AmissTimer {
  readonly timer: Timer
  /** undefined: nothing. */
  readonly found: KeptTimer | undefined
}

/** By what a timer is replaced or cancelled: one is open of each rule and aggregate. */
export function placeOf({ rule, aggregateId }: Pick<Timer, 'rule' | 'aggregateId'>): string {
  return `${rule} ${aggregateId}`
}

/** Which timer a write is about. */
export function subjectOf(write: TimerWrite): Pick<Timer, 'rule' | 'aggregateId'> {
  return write.kind === 'set' ? write.timer : write
}

/** The timers of one set of rules that the events ask for and that have not been cancelled, open or fired, of a part of the aggregates. */
export class ExpectedTimers {
  private readonly timers = new Map<string, Timer>()
  private at: Position = 0n

  constructor(
    private readonly partition: Partition,
    private readonly walk: TimerWalk,
    private readonly ports: TimerPorts,
  ) {}

  async follow(to: Position): Promise<void> {
    if (to <= this.at) return
    for await (const write of writesBetween(this.ports, this.walk, { from: this.at, to })) {
      const subject = subjectOf(write)
      if (!isOf(this.partition, subject.aggregateId)) continue
      if (write.kind === 'set') this.timers.set(placeOf(subject), write.timer)
      else this.timers.delete(placeOf(subject))
    }
    this.at = to
  }

  get count(): number {
    return this.timers.size
  }

  /**
   * Those that do not wait as the events ask for them. What comes of a timer that fires replaces or cancels it, so one that has fired is
   * amiss as long as nothing has come of it.
   */
  async amiss(): Promise<AmissTimer[]> {
    const expected = [...this.timers.values()]
    const amiss: AmissTimer[] = []
    for (let start = 0; start < expected.length && !this.walk.signal.aborted; start += PAGE_MAX) {
      const page = expected.slice(start, start + PAGE_MAX)
      const kept = new Map((await this.ports.timers.kept(page.map(({ id }) => id))).map((each) => [each.id, each]))
      const looked = page.map((timer) => ({ timer, found: kept.get(timer.id) }))
      amiss.push(...looked.filter(({ timer, found }) => !waits(timer, found)))
    }
    return amiss
  }

  /** Of them those that are still asked for; a later event may have replaced or cancelled the others. */
  stillAskedFor(amiss: readonly AmissTimer[]): AmissTimer[] {
    return amiss.filter(({ timer }) => this.timers.get(placeOf(timer))?.id === timer.id)
  }
}

function waits({ due, clockId }: Timer, found: KeptTimer | undefined): boolean {
  return found?.state === 'open' && compareInstants(found.due, due) === 0 && found.clockId === clockId
}
