import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import type { AppendRequest, AppendResult, GroupOutcome } from './append-group'

const GROUP_APPENDS_MAX = 256
const GROUP_BYTES_MAX = 4_000_000
/** The store works on one group while this process takes the answers of the other and makes the next. */
const GROUPS_IN_FLIGHT_MAX = 2
/** Fewer appends are not worth a commit of their own. */
const SPLIT_GROUP_MIN = 4

interface Waiting extends AppendRequest {
  /** Its stream and the ids of its events. */
  readonly keys: readonly string[]
  readonly resolve: (result: AppendResult) => void
  readonly reject: (error: unknown) => void
}

/**
 * Collects what one turn of the event loop wants to append into few statements: two groups are in flight unless it is made for
 * one, the next collects meanwhile. A stream and an event id are in flight at most once, so no append's answer depends on another
 * of its group, and appends of one stream keep their order even where a group must be written again one by one.
 */
export class AppendQueue {
  private waiting: Waiting[] = []
  private groupsInFlight = 0
  private readonly inFlight = new Set<string>()
  private scheduled = false
  private closed = false
  private whenIdle: (() => void) | undefined

  constructor(
    private readonly write: (group: readonly AppendRequest[]) => Promise<GroupOutcome>,
    private readonly groupsInFlightMax = GROUPS_IN_FLIGHT_MAX,
  ) {}

  /** Throws StoreUnavailable when the server is away or the queue is closed. */
  append(request: AppendRequest): Promise<AppendResult> {
    if (this.closed) return Promise.reject(new StoreUnavailable('The event store is closed.'))
    return new Promise((resolve, reject) => {
      const keys = [request.stream, ...request.events.map(({ id }) => id)]
      this.waiting.push({ ...request, keys, resolve, reject })
      this.schedule()
    })
  }

  /** Takes nothing more; resolves when what was taken is answered. */
  async close(): Promise<void> {
    this.closed = true
    if (this.groupsInFlight > 0 || this.scheduled) await new Promise<void>((resolve) => (this.whenIdle = resolve))
  }

  private schedule(): void {
    if (this.scheduled || this.groupsInFlight === this.groupsInFlightMax) return
    this.scheduled = true
    setImmediate(() => void this.flush())
  }

  private async flush(): Promise<void> {
    this.scheduled = false
    const group = this.takeGroup()
    // All that waits is for streams in flight: it goes on with their answers.
    if (group.length === 0) return
    this.groupsInFlight += 1
    if (this.waiting.length > 0) this.schedule()
    await this.writeGroup(group)
    this.groupsInFlight -= 1
    for (const { keys } of group) for (const key of keys) this.inFlight.delete(key)
    if (this.waiting.length > 0) this.schedule()
    else if (this.groupsInFlight === 0) this.whenIdle?.()
  }

  private takeGroup(): Waiting[] {
    const group: Waiting[] = []
    const left: Waiting[] = []
    const taken = new Set(this.inFlight)
    const appendsMax = this.nextGroupMax()
    let bytes = 0
    for (const append of this.waiting) {
      const size = append.events.reduce((sum, event) => sum + event.bytes, 0)
      const fits = group.length === 0 || (group.length < appendsMax && bytes + size <= GROUP_BYTES_MAX)
      const apart = !append.keys.some((key) => taken.has(key))
      // The stream of one that stays is taken as well: a later append of it must not overtake.
      taken.add(append.stream)
      if (!fits || !apart) {
        left.push(append)
        continue
      }
      group.push(append)
      bytes += size
      for (const key of append.keys) taken.add(key)
    }
    this.waiting = left
    for (const { keys } of group) for (const key of keys) this.inFlight.add(key)
    return group
  }

  /** What waits is shared among the groups that may still be in flight. */
  private nextGroupMax(): number {
    const share = Math.ceil(this.waiting.length / (this.groupsInFlightMax - this.groupsInFlight))
    return Math.min(GROUP_APPENDS_MAX, Math.max(SPLIT_GROUP_MIN, share))
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
