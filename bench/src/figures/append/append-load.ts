import { timeOrderedId } from '@billstream/kernel'
import type { NewEvent } from '@billstream/event-sourcing-core'

/** Events of a stream before its writer begins another one: as many as a busy aggregate has. */
const STREAM_EVENTS_MAX = 10

/** The next event of a writer, and where it belongs. */
export interface NextAppend {
  readonly stream: string
  /** Of the stream before it: -1 for a new one. */
  readonly revision: number
  readonly event: NewEvent
}

/** What one writer appends: event by event, stream after stream, of the size of a typical event. */
export class AppendLoad {
  private readonly organizationId = timeOrderedId()
  private stream = ''
  private written = STREAM_EVENTS_MAX

  next(): NextAppend {
    if (this.written === STREAM_EVENTS_MAX) {
      this.stream = `bench-${timeOrderedId()}`
      this.written = 0
    }
    this.written += 1
    return { stream: this.stream, revision: this.written - 2, event: this.event() }
  }

  private event(): NewEvent {
    const id = timeOrderedId()
    const occurredAt = new Date().toISOString()
    return {
      id,
      type: 'SubscriptionPeriodClosed',
      schemaVersion: 1,
      data: {
        subscriptionId: id,
        next: { start: occurredAt, end: occurredAt },
        timezone: 'UTC',
        boundary: { kind: 'period_close', at: occurredAt, customerId: id, externalCustomerId: 'a customer' },
      },
      metadata: {
        organizationId: this.organizationId,
        actor: { type: 'timer', id: 'bench' },
        ...{ commandId: id, correlationId: id, causationId: id, occurredAt },
      },
    }
  }
}
