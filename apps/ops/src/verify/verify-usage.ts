import type { AggregateDifference } from '@billstream/event-sourcing-runtime'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'

/**
 * What is billed is read from aggregates, which grow as events come, in any order and however often: of open periods as well, as
 * the next close bills them. So all of them must be what the events in the log add up to.
 */
export async function verifyUsage(
  { usageLog }: Pick<OpsPorts, 'usageLog'>,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<CheckResult[]> {
  const tally = new Tally('4. all usage aggregates are their events, whatever their order, in open periods too')
  for (let from: string | null = null; !signal.aborted;) {
    const { events, checked, differing, differences, next } = await usageLog.compareAggregates(from)
    tally.agree(checked - differing)
    for (const { counted, kept, ...where } of differences) tally.differ(nameOf(where), counted, kept)
    tally.differUnnamed(differing - differences.length)
    progress.advance(events)
    if (next === null) break
    from = next
  }
  return [tally.result]
}

/** Without the customer's id, which may be a person's. */
function nameOf(where: Omit<AggregateDifference, 'counted' | 'kept'>): string {
  const { what, organizationId, meter, code, externalSubscriptionId, at } = where
  const whose = externalSubscriptionId ? ` of subscription ${externalSubscriptionId}` : ''
  return `${what}${at === null ? '' : ` ${at}`}, ${code ?? 'unknown metric'}${whose}, meter ${meter} of organization ${organizationId}`
}
