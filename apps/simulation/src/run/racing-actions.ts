import type { Action, Story } from '../story/story'

/** Every so many seeds usage races with the clock of its customer. */
const RACING_EVERY = 4

/** Whether a bill's lines may lie on one invoice or another, as usage and closing race in this story. */
export function isRacing({ seed }: Story): boolean {
  return seed % RACING_EVERY === 0
}

/** Actions that begin together: requests with usage, and in a racing story an advance with the usage before it. */
export function inGroups(story: Story): Action[][] {
  const groups: Action[][] = []
  for (const action of story.actions) {
    const last = groups.at(-1)
    if (last && mayJoin(last, action, story)) last.push(action)
    else groups.push([action])
  }
  return groups
}

function mayJoin(group: readonly Action[], { kind }: Action, story: Story): boolean {
  const isUsage = group.every((action) => action.kind === 'ingest')
  return isUsage && (kind === 'ingest' || (kind === 'advance-clock' && isRacing(story)))
}
