import type { Position, TimerRules } from '@billstream/event-sourcing-core'
import { timerWrites, type Timer } from '@billstream/event-sourcing-runtime'
import { invoiceTimers } from '@billstream/invoicing-domain'
import { subscriptionTimers } from '@billstream/subscriptions-domain'
import { eventsBetween } from '../console/follow'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'
import { isOf, partitionsOf, type Partition } from './folded-rows'

const PAGE_MAX = 1_000
/** What keeps billing going: starts, ends of periods, and ends of grace. */
const RULES: readonly TimerRules[] = [subscriptionTimers, invoiceTimers]

type TimerPorts = Pick<OpsPorts, 'eventStore' | 'timers'>

interface Surroundings {
  readonly progress: Progress
  readonly signal: AbortSignal
  /** As many as may be open at most: it decides how many are held in memory at once. */
  readonly timers: number
}

/** By what a timer is replaced or cancelled: one is open of each rule and aggregate. */
type OpenTimers = Map<string, Timer>

/**
 * Every timer that follows from the events is kept, open or fired: one that is lost never fires, and nothing else asks for it.
 */
export async function verifyTimers(ports: TimerPorts, surroundings: Surroundings): Promise<CheckResult[]> {
  const { signal, progress, timers } = surroundings
  const tally = new Tally('0. every timer that follows from the events waits or has fired')
  const of = partitionsOf(timers)
  const walks = RULES.flatMap((rules) =>
    Array.from({ length: of }, (_, index) => ({ rules, partition: { index, of } })),
  )
  progress.total(Number(await ports.eventStore.head()) * walks.length)
  for (const walk of walks) if (!signal.aborted) await new TimerWalk(walk, ports, surroundings).check(tally)
  return [tally.result]
}

class TimerWalk {
  private readonly open: OpenTimers = new Map()

  constructor(
    private readonly of: { readonly rules: TimerRules; readonly partition: Partition },
    private readonly ports: TimerPorts,
    private readonly surroundings: Surroundings,
  ) {}

  /** Up to where the rules have come; they may go on meanwhile, and take a timer away that their next events replace. */
  async check(tally: Tally): Promise<void> {
    const { timers, eventStore } = this.ports
    const reached = await timers.checkpoint(this.of.rules.name)
    await this.follow(0n, reached)
    const expected = [...this.open.values()]
    const missing = await this.missing(expected)
    if (missing.length > 0) await this.follow(reached, await eventStore.head())
    if (this.surroundings.signal.aborted) return
    const open = new Set([...this.open.values()].map(({ id }) => id))
    const lost = missing.filter(({ id }) => open.has(id))
    tally.agree(expected.length - lost.length)
    for (const timer of lost) tally.differ(named(timer), `due ${timer.due}`, 'no timer')
  }

  private async follow(from: Position, to: Position): Promise<void> {
    const { rules, partition } = this.of
    const { signal, progress } = this.surroundings
    let before = from
    const filter = { types: Object.keys(rules.on) }
    for await (const { events, reached } of eventsBetween(this.ports.eventStore, { from, to, signal, filter })) {
      for (const write of events.flatMap((event) => timerWrites(rules, event))) {
        const { rule, aggregateId } = write.kind === 'set' ? write.timer : write
        if (!isOf(partition, aggregateId)) continue
        if (write.kind === 'set') this.open.set(`${rule} ${aggregateId}`, write.timer)
        else this.open.delete(`${rule} ${aggregateId}`)
      }
      progress.advance(Number(reached - before))
      before = reached
    }
  }

  private async missing(expected: readonly Timer[]): Promise<Timer[]> {
    const missing: Timer[] = []
    for (let start = 0; start < expected.length && !this.surroundings.signal.aborted; start += PAGE_MAX) {
      const page = expected.slice(start, start + PAGE_MAX)
      const known = new Set(await this.ports.timers.known(page.map(({ id }) => id)))
      missing.push(...page.filter(({ id }) => !known.has(id)))
    }
    return missing
  }
}

function named({ rule, aggregateId, organizationId }: Timer): string {
  return `timer ${rule} of ${aggregateId} (organization ${organizationId})`
}
