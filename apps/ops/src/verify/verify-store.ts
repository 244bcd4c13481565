import type { Completeness } from '@billstream/event-sourcing-runtime'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'

/** Holes and streams that are named; all are counted. */
const NAMED_MAX = 20

type StorePorts = Pick<OpsPorts, 'eventIndex' | 'eventStore' | 'viewProgress'>

/**
 * Every other check is made of the events that there are, so first of all: none is missing. Positions tell of whole streams and of
 * the ends of streams, where the store gives them without holes; its own end is told by the views, which have been there.
 */
export async function verifyStore(ports: StorePorts): Promise<CheckResult[]> {
  const found = await ports.eventIndex.completeness(NAMED_MAX)
  const end = new Tally('0. every event is there: no view is beyond the end of the store')
  const streams = new Tally('0. every event is there: the revisions of each stream are 0, 1, 2 and so on')
  await checkEnd(ports, end)
  for (const { stream, revision } of found.broken)
    streams.differ(stream, `revision ${revision}, once`, 'a hole or a repeat')
  streams.differUnnamed(found.brokenStreams - found.broken.length)
  streams.agree(found.streams - found.brokenStreams)
  return [...checkPositions(found), streams.result, end.result]
}

/** Nothing of a store whose positions have holes of their own. */
function checkPositions({ positions }: Completeness): CheckResult[] {
  if (!positions) return []
  const { events, head, holes } = positions
  const tally = new Tally('0. every event is there: positions have no hole')
  tally.agree(events)
  for (const { from, to } of holes) {
    const many = Number(to - from) + 1
    tally.differ(from === to ? `position ${from}` : `positions ${from} to ${to}`, many, 0)
    tally.differUnnamed(many - 1)
  }
  const named = holes.reduce((sum, { from, to }) => sum + Number(to - from) + 1, 0)
  tally.differUnnamed(Number(head) - events - named)
  return [tally.result]
}

/** Views are asked before the store is, so that one that moves meanwhile is not ahead of it. */
async function checkEnd({ viewProgress, eventStore }: StorePorts, tally: Tally): Promise<void> {
  const reached = await viewProgress.positions()
  const head = await eventStore.head()
  for (const [view, position] of reached) {
    tally.expect(`the end of the store, where ${view} has been`, true, position <= head)
  }
}
