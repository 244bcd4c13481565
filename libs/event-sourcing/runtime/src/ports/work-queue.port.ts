/** A call to the outside that must happen: rows with a lease. */
export interface WorkItem {
  readonly id: string
  readonly queue: string
  readonly organizationId: string
  readonly correlationId: string
  readonly payload: unknown
  /** Real time before which it is not taken. */
  readonly notBefore: string
  readonly tries: number
}

export interface WorkQueue {
  /** A known id changes nothing: at least once in, once done. */
  add(items: readonly WorkItem[]): Promise<void>
  /** Takes up to `limit` items whose time has come; another holder gets them only after `leaseUntil`. */
  take(queue: string, now: string, leaseUntil: string, limit: number): Promise<WorkItem[]>
  done(ids: readonly string[]): Promise<void>
  /** Gives it back for later; counts a try. */
  later(id: string, notBefore: string, payload?: unknown): Promise<void>
  /** When the next item can be taken: its time, or the end of the lease on it if that is later. */
  nextAt(queue: string): Promise<string | undefined>
  pendingOf(correlationId: string, queue?: string): Promise<WorkItem[]>
  count(queue: string): Promise<number>
}
