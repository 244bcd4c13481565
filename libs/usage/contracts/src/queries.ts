import { defineQuery } from '@billstream/event-sourcing-core'
import type { MeasuredCharge, MeasuredCorrection } from './measurement'

/** Usage as it stands now, and earlier periods that the next invoice would correct, by the same code as a measurement; nothing is written. */
export const CurrentUsage = defineQuery<
  {
    subscriptionId: string
    externalSubscriptionId: string
    externalCustomerId: string
    planId: string
    planVersion: number
    period: { start: string; end: string }
  },
  { charges: MeasuredCharge[]; corrections: MeasuredCorrection[] }
>()('CurrentUsage', 'usage')

export interface UsageEventView {
  id: string
  transactionId: string
  externalCustomerId: string
  externalSubscriptionId: string
  code: string
  timestamp: string
  /** JSON text, numbers as sent. */
  properties: string
  createdAt: string
}

export const ListUsageEvents = defineQuery<
  {
    externalCustomerId?: string
    code?: string
    fromTimestamp?: string
    toTimestamp?: string
    orderBy?: { column: string; direction: 'asc' | 'desc' }
    skip: number
    limit: number
  },
  { events: UsageEventView[]; total: number }
>()('ListUsageEvents', 'usage')

export const GetUsageEvent = defineQuery<{ id: string }, { event: UsageEventView | null }>()('GetUsageEvent', 'usage')

/** Bounds are whole UTC hours, inclusive; hours without events are left out. */
export const UsageVolume = defineQuery<
  { fromHour: string; toHour: string },
  { hours: { hour: string; count: number }[] }
>()('UsageVolume', 'usage')

/** One event of an ingestion request as the edge parsed it. */
export interface IngestEvent {
  transactionId: string
  externalCustomerId: string
  externalSubscriptionId: string
  code: string
  timestamp: string
  /** JSON text of the properties object. */
  properties: string
  createdAt: string
}

export interface IngestRequest {
  events: IngestEvent[]
  /** True for a batch: bad events are named and the others go in; an unknown code refuses all. */
  batch: boolean
}

export type IngestedEvent =
  | { status: 'created' | 'duplicate' | 'conflict'; event: UsageEventView }
  | { status: 'refused'; code: string; field: string; message: string }

export type IngestAnswer =
  | { ok: true; events: IngestedEvent[] }
  | { ok: false; code: 'unknown_metric_code' | 'malformed_request'; index: number; message: string; field: string }
