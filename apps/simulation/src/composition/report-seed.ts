import { BrokenInvariant } from '../run/broken-invariant'
import { shrink } from '../run/shrink'
import type { SeedReport } from '../run/seed-report'
import type { Story } from '../story/story'
import { tellStory } from '../story/tell-story'
import { runStory, type RunOptions } from './run-seed'

/** Runs a seed; one that breaks is shortened as far as it goes on breaking the same invariant. */
export async function reportSeed(seed: number, options: RunOptions): Promise<SeedReport> {
  const story = tellStory(seed)
  const broken = await failureOf(story, options)
  if (!(broken instanceof BrokenInvariant)) {
    return { seed, isBroken: false, events: broken.events, invoices: broken.invoices.length }
  }
  const breaksAlike = async (shorter: Story) => {
    const again = await failureOf(shorter, options)
    return again instanceof BrokenInvariant && again.invariant === broken.invariant
  }
  const { actions } = await shrink(story, breaksAlike)
  const { invariant, values, actionId = null } = broken
  return { seed, isBroken: true, invariant, values, actionId, history: actions }
}

/** What the platform throws at a client, and what the simulation itself stumbles over, is broken too. */
async function failureOf(story: Story, options: RunOptions) {
  try {
    return await runStory(story, options)
  } catch (error) {
    if (error instanceof BrokenInvariant) return error
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return new BrokenInvariant('nothing is thrown', [text], undefined)
  }
}
