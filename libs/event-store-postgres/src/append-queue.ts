import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import type { AppendRequest, AppendResult, GroupOutcome } from './append-group'

const GROUP_APPENDS_MAX = 256
const GROUP_BYTES_MAX = 4_000_000

interface Waiting extends AppendRequest {
  readonly resolve: (result: AppendResult) => void
  readonly reject: (error: unknown) => void
}

/**
 * Collects what one turn of the event loop wants to append into one statement; one group is in flight, the next collects
 * meanwhile. A group holds a stream and an event id at most once, so no append's answer depends on another of its group;
 * appends of one stream keep their order.
 */
export class AppendQueue {
  private waiting: Waiting[] = []
  private inFlight = false
  private scheduled = false
  private closed = false
  private whenIdle: (() => void) | undefined

  constructor(private readonly write: (group: readonly AppendRequest[]) => Promise<GroupOutcome>) {}

  /** Throws StoreUnavailable when the server is away or the queue is closed. */
  append(request: AppendRequest): Promise<AppendResult> {
    if (this.closed) return Promise.reject(new StoreUnavailable('The event store is closed.'))
    return new Promise((resolve, reject) => {
      this.waiting.push({ ...request, resolve, reject })
      this.schedule()
    })
  }

  /** Takes nothing more; resolves when what was taken is answered. */
  async close(): Promise<void> {
    this.closed = true
    if (this.inFlight || this.scheduled) await new Promise<void>((resolve) => (this.whenIdle = resolve))
  }

  private schedule(): void {
    if (this.inFlight || this.scheduled) return
    this.scheduled = true
    setImmediate(() => void this.flush())
  }

  private async flush(): Promise<void> {
    this.scheduled = false
    this.inFlight = true
    await this.writeGroup(this.takeGroup())
    this.inFlight = false
    if (this.waiting.length > 0) this.schedule()
    else this.whenIdle?.()
  }

  private takeGroup(): Waiting[] {
    const group: Waiting[] = []
    const left: Waiting[] = []
    const streams = new Set<string>()
    const ids = new Set<string>()
    let bytes = 0
    for (const append of this.waiting) {
      const size = append.events.reduce((sum, event) => sum + event.bytes, 0)
      const fits = group.length === 0 || (group.length < GROUP_APPENDS_MAX && bytes + size <= GROUP_BYTES_MAX)
      const apart = !streams.has(append.stream) && !append.events.some(({ id }) => ids.has(id))
      // The stream of one that stays is taken as well: a later append of it must not overtake.
      streams.add(append.stream)
      if (!fits || !apart) {
        left.push(append)
        continue
      }
      group.push(append)
      bytes += size
      for (const { id } of append.events) ids.add(id)
    }
    this.waiting = left
    return group
  }

  private async writeGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const { results } = await this.write(group)
      group.forEach((append, index) => answer(append, results[index]))
    } catch (error) {
      if (error instanceof StoreUnavailable || group.length === 1) {
        for (const append of group) append.reject(error)
        return
      }
      // One append that PostgreSQL cannot take, such as a stream name with a zero byte, must not fail its neighbours.
      for (const append of group) await this.writeGroup([append])
    }
  }
}

function answer(append: Waiting, result: AppendResult | undefined): void {
  if (result) append.resolve(result)
  else append.reject(new Error('The store gave no answer for an append.'))
}
