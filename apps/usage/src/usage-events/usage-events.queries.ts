import {
  answer,
  USAGE_ORDER_COLUMNS,
  type QueryRegistration,
  type UsageListFilter,
  type UsageLog,
  type UsageOrderColumn,
} from '@billstream/event-sourcing-runtime'
import { GetUsageEvent, ListUsageEvents, UsageVolume } from '@billstream/usage-contracts'
import { usageEventView } from '@billstream/usage-ingestion'

/** Newest first when the order names no column of an event. */
export function listUsageEvents(usageLog: Pick<UsageLog, 'list'>): QueryRegistration {
  return answer(ListUsageEvents, async ({ orderBy, ...filter }, { organizationId }) => {
    const order = orderBy && isOrderColumn(orderBy.column) ? { ...orderBy, column: orderBy.column } : undefined
    const asked: UsageListFilter = order ? { ...filter, orderBy: order } : filter
    const { events, total } = await usageLog.list(organizationId, asked)
    return { events: events.map(usageEventView), total }
  })
}

export function getUsageEvent(usageLog: Pick<UsageLog, 'get'>): QueryRegistration {
  return answer(GetUsageEvent, async ({ id }, { organizationId }) => {
    const event = await usageLog.get(organizationId, id)
    return { event: event ? usageEventView(event) : null }
  })
}

export function usageVolume(usageLog: Pick<UsageLog, 'volume'>): QueryRegistration {
  return answer(UsageVolume, async ({ fromHour, toHour }, { organizationId }) => ({
    hours: await usageLog.volume(organizationId, fromHour, toHour),
  }))
}

function isOrderColumn(column: string): column is UsageOrderColumn {
  return (USAGE_ORDER_COLUMNS as readonly string[]).includes(column)
}
