import { NO_FAULTS, type FaultRates } from '../faults/fault-rates'
import { issuedInvoices } from '../invariants/issued-invoices'
import { BrokenInvariant } from '../run/broken-invariant'
import { isRacing } from '../run/racing-actions'
import { StoryRun } from '../run/story-run'
import type { Story } from '../story/story'
import type { Mutations } from './mutations'
import { SimulatedWorld } from './simulated-world'

const REPLICAS = 2

export interface RunOptions {
  readonly rates: FaultRates
  readonly mutations?: Mutations
}

/** A story that was lived through, and held. */
export interface StoryOutcome {
  readonly historyHash: string
  readonly events: number
  /** What was issued, without numbers and dates, in one order. */
  readonly invoices: readonly string[]
  readonly struck: SimulatedWorld['faults']['struck']
}

/** Lives through a story with faults on two replicas, then without any on one: faults change nothing. Throws BrokenInvariant. */
export async function runStory(story: Story, options: RunOptions): Promise<StoryOutcome> {
  const stormy = await liveThrough(new SimulatedWorld(story, { ...options, replicas: REPLICAS }))
  if (isRacing(story)) return stormy
  const calm = await liveThrough(new SimulatedWorld(story, { rates: NO_FAULTS, replicas: 1 }))
  const differences = differencesOf(stormy.invoices, calm.invoices)
  if (differences.length > 0) throw new BrokenInvariant('faults change nothing', differences, undefined)
  return stormy
}

async function liveThrough(world: SimulatedWorld): Promise<StoryOutcome> {
  await new StoryRun(world).run()
  const observed = await world.observe()
  return {
    historyHash: await world.historyHash(),
    events: observed.events.length,
    invoices: issuedInvoices(observed),
    struck: world.faults.struck,
  }
}

function differencesOf(stormy: readonly string[], calm: readonly string[]): string[] {
  return [
    ...stormy.filter((invoice) => !calm.includes(invoice)).map((invoice) => `only with faults: ${invoice}`),
    ...calm.filter((invoice) => !stormy.includes(invoice)).map((invoice) => `only without faults: ${invoice}`),
  ]
}
