declare module 'kafkajs/src/network/requestQueue' {
  /** The part of kafkajs' own request queue that decides when it looks for waiting requests. */
  export default class RequestQueue {
    readonly pending: readonly object[]
    /** Milliseconds since the epoch; in the past: not throttled. */
    readonly throttledUntil: number
    scheduleCheckPendingRequests(): void
  }
}
