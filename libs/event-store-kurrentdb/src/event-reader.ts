import type { Position, RecordedEvent } from '@billstream/event-sourcing-core'
import type { ReadOptions, StreamId } from '@billstream/event-sourcing-runtime'
import type { ResolvedEvent } from '@kurrent/kurrentdb-client'
import { lastEvent, type KurrentConnection } from './kurrent-connection'
import { isUnknownStream } from './kurrent-errors'
import { fromKurrent, positionOf, type KurrentEvent } from './stored-event'

/** Events that one call reads at most: a slow reader holds no call open for longer. */
const PAGE_EVENTS_MAX = 500

/** Reads, all from the leader: what an append has answered is seen. Everything throws StoreUnavailable when the server is away. */
export class EventReader {
  constructor(private readonly connection: KurrentConnection) {}

  /**
   * The position of the last event that is not the server's own. A subscription gives every such event, so it surely reaches
   * the head; it would never get to system events that come after.
   */
  async head(): Promise<Position> {
    const last = await this.connection.call(lastEvent)
    return last ? positionOf(last) : 0n
  }

  async *stream(stream: StreamId, options: ReadOptions = {}): AsyncIterable<RecordedEvent> {
    const { fromRevision = 0, limit = Number.POSITIVE_INFINITY } = options
    for await (const recorded of this.recorded(stream, fromRevision, limit)) {
      const stored = fromKurrent(recorded)
      if (stored) yield stored.event
    }
  }

  /** A stream's events as the server has them, whoever wrote them. */
  async *recorded(stream: StreamId, fromRevision: number, limit: number): AsyncIterable<KurrentEvent> {
    let [next, left] = [fromRevision, limit]
    while (left > 0) {
      const maxCount = Math.min(PAGE_EVENTS_MAX, left)
      let count = 0
      for await (const event of this.page(stream, next, maxCount)) {
        yield event
        next = Number(event.revision) + 1
        count += 1
      }
      if (count < maxCount) return
      left -= count
    }
  }

  private async *page(stream: StreamId, from: number, maxCount: number): AsyncIterable<KurrentEvent> {
    const session = await this.connection.session()
    const events = session.client.readStream(stream, { fromRevision: BigInt(from), maxCount, requiresLeader: true })
    try {
      for (;;) {
        const next: IteratorResult<ResolvedEvent, unknown> = await this.connection.within(session, () => events.next())
        if (next.done) return
        if (next.value.event) yield next.value.event
      }
    } catch (error) {
      if (!isUnknownStream(error)) throw error
    } finally {
      // Not waited for: a server that is silent would hold up who leaves.
      events.return?.().catch(() => undefined)
    }
  }
}
