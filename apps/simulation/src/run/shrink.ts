import type { Action, Story } from '../story/story'

/** Runs that one search may cost. */
const RUNS_MAX = 60

/**
 * A shorter story that breaks as well: leaves out halves, quarters and so on of the actions, down to single ones, as long as it
 * still breaks. fails: whether it does.
 */
export async function shrink(story: Story, fails: (shorter: Story) => Promise<boolean>): Promise<Story> {
  let { actions } = story
  let runs = 0
  for (let size = Math.ceil(actions.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < actions.length && runs < RUNS_MAX;) {
      const shorter = without(actions, from, size)
      runs += 1
      if (await fails({ ...story, actions: shorter })) actions = shorter
      else from += size
    }
  }
  return { ...story, actions }
}

function without(actions: readonly Action[], from: number, size: number): Action[] {
  return [...actions.slice(0, from), ...actions.slice(from + size)]
}
