import type { KeptTimer, Timer } from '@billstream/event-sourcing-runtime'
import { BILLING_RULES, ExpectedTimers, type Surroundings, type TimerPorts } from '../timers/expected-timers'
import { stayAmiss } from '../timers/settled-timers'
import { Tally, type CheckResult } from './check'
import { partitionsOf } from './folded-rows'

/**
 * Every timer that follows from the events waits for its time, or something has come of it: one that is lost never fires, and nothing else
 * asks for it. `timers`: as many as may be open at most; it decides how many are held in memory at once.
 */
export async function verifyTimers(
  ports: TimerPorts,
  { timers, ...surroundings }: Surroundings & { readonly timers: number },
): Promise<CheckResult[]> {
  const tally = new Tally('0. every timer that follows from the events waits or has fired')
  const of = partitionsOf(timers)
  const parts = BILLING_RULES.flatMap((rules) =>
    Array.from({ length: of }, (_, index) => ({ walk: { rules, ...surroundings }, partition: { index, of } })),
  )
  surroundings.progress.total(Number(await ports.eventStore.head()) * parts.length)
  for (const { walk, partition } of parts) {
    if (!surroundings.signal.aborted) await check(new ExpectedTimers(partition, walk, ports), walk.rules.name)
  }
  return [tally.result]

  /** Up to where the rules have come; they may go on meanwhile, and take a timer away that their next events replace. */
  async function check(expected: ExpectedTimers, rules: string): Promise<void> {
    await expected.follow(await ports.timers.checkpoint(rules))
    const { count } = expected
    const amiss = await stayAmiss(await expected.amiss(), expected, { ports, signal: surroundings.signal })
    if (surroundings.signal.aborted) return
    tally.agree(count - amiss.length)
    for (const { timer, found } of amiss) tally.differ(named(timer), waiting(timer), foundText(found))
  }
}

function named({ rule, aggregateId, organizationId }: Timer): string {
  return `timer ${rule} of ${aggregateId} (organization ${organizationId})`
}

function waiting({ due, clockId }: Pick<Timer, 'due' | 'clockId'>): string {
  return clockId === null ? `due ${due}` : `due ${due} on test clock ${clockId}`
}

function foundText(found: KeptTimer | undefined): string {
  if (!found) return 'no timer'
  return found.state === 'open' ? waiting(found) : 'fired, and nothing has come of it'
}
