import { compareInstants } from '@billstream/kernel'
import type { ChangedPeriod, MeasureRequest, UsageEvent, UsageScope } from '../ports/usage-log.port'
import { jsonCopy } from './json-copy'

interface Period extends ChangedPeriod {
  /** The change up to which it is measured, billed by a settling measurement, closed by a further one, and announced. */
  measuredChange: number
  settledChange: number
  closedChange: number
  announcedChange: number
  change: number
}

const UNCHANGED = { change: 0, measuredChange: 0, settledChange: 0, closedChange: 0, announcedChange: 0 }

/** Whether an event counts in a scope, whatever its metric: one that names a subscription counts for no other. */
export function belongsTo(event: UsageEvent, scope: Omit<UsageScope, 'organizationId' | 'codes'>): boolean {
  return (
    event.externalCustomerId === scope.externalCustomerId &&
    ['', scope.externalSubscriptionId].includes(event.externalSubscriptionId) &&
    compareInstants(scope.from, event.timestamp) <= 0 &&
    compareInstants(event.timestamp, scope.to) < 0
  )
}

/** What was measured, and what has come since. */
export class MeasuredPeriods {
  private readonly periods = new Map<string, Period>()

  /** true: a period got its first event since it was measured. */
  mark(organizationId: string, event: UsageEvent): boolean {
    const touched = [...this.periods.values()].filter(
      (period) =>
        period.organizationId === organizationId &&
        period.change === period.measuredChange &&
        period.codes.includes(event.code) &&
        belongsTo(event, period),
    )
    for (const period of touched) period.change += 1
    return touched.length > 0
  }

  measured(request: MeasureRequest): void {
    const { organizationId, invoiceId, period, settles } = request
    if (period === null) return
    const known = this.periods.get(placeOf(request)) ?? UNCHANGED
    const { change } = known
    const { subscriptionId, externalSubscriptionId, externalCustomerId } = request
    this.periods.set(placeOf(request), {
      ...{ organizationId, invoiceId, subscriptionId, externalSubscriptionId, externalCustomerId },
      ...jsonCopy({ ...period, request: request.request }),
      ...known,
      measuredChange: change,
      ...(settles && { settledChange: change, closedChange: change }),
    })
  }

  settle(periods: readonly ChangedPeriod[]): void {
    for (const period of periods.map((each) => this.periods.get(placeOf(each)))) {
      if (!period) continue
      period.closedChange = period.settledChange
      period.settledChange = period.measuredChange = period.change
    }
  }

  /** Those that no settling correction has held first, then oldest period first. */
  open(organizationId: string, subscriptionId: string): ChangedPeriod[] {
    const isSettled = ({ change, settledChange }: Period) => Number(change === settledChange)
    return this.oldestOpen(organizationId, subscriptionId)
      .sort((a, b) => isSettled(a) - isSettled(b))
      .map(toChangedPeriod)
  }

  /** Of these invoices, as far as they are open; oldest period first. */
  openAmong(organizationId: string, subscriptionId: string, invoiceIds: readonly string[]): ChangedPeriod[] {
    return this.oldestOpen(organizationId, subscriptionId)
      .filter(({ invoiceId }) => invoiceIds.includes(invoiceId))
      .map(toChangedPeriod)
  }

  private oldestOpen(organizationId: string, subscriptionId: string): Period[] {
    return [...this.periods.values()]
      .filter((period) => period.organizationId === organizationId && period.subscriptionId === subscriptionId)
      .filter((period) => period.change > period.closedChange)
      .sort((a, b) => compareInstants(a.from, b.from) || (a.invoiceId < b.invoiceId ? -1 : 1))
  }

  unannounced(limit: number): ChangedPeriod[] {
    return [...this.periods.values()]
      .filter((period) => period.change > period.announcedChange)
      .slice(0, limit)
      .map(toChangedPeriod)
  }

  announced(periods: readonly ChangedPeriod[]): void {
    for (const each of periods) {
      const period = this.periods.get(placeOf(each))
      if (period) period.announcedChange = Math.max(period.announcedChange, each.change)
    }
  }
}

function placeOf({ organizationId, invoiceId }: { organizationId: string; invoiceId: string }): string {
  return JSON.stringify([organizationId, invoiceId])
}

function toChangedPeriod(period: Period): ChangedPeriod {
  const { measuredChange: _m, settledChange: _s, closedChange: _c, announcedChange: _a, ...changed } = period
  return jsonCopy(changed)
}
