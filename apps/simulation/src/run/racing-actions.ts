import type { Action, ActionOf, Story } from '../story/story'

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

function mayJoin(group: readonly Action[], action: Action, story: Story): boolean {
  const sent = group.flatMap((each) => (each.kind === 'ingest' ? transactionsOf(each) : []))
  if (group.some(({ kind }) => kind !== 'ingest')) return false
  if (action.kind === 'advance-clock') return isRacing(story)
  // Of two contents of one transaction the first one counts, and which is first must be told.
  return action.kind === 'ingest' && transactionsOf(action).every((transaction) => !sent.includes(transaction))
}

function transactionsOf({ events }: ActionOf<'ingest'>): number[] {
  return events.map(({ transaction }) => transaction)
}
