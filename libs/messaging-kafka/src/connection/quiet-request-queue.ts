import RequestQueue from 'kafkajs/src/network/requestQueue'

/**
 * kafkajs 2.2.4 looks for waiting requests once a millisecond on each connection for ever, since a queue that is neither throttled
 * nor filled asks for a timer in the past. With several connections in each of many processes that is a part of a core for nothing. A
 * request that has to wait, and one that is answered, ask for the look again by themselves.
 */
const schedule = RequestQueue.prototype.scheduleCheckPendingRequests
RequestQueue.prototype.scheduleCheckPendingRequests = function scheduleWhenWaiting(this: RequestQueue) {
  if (this.pending.length > 0 || this.throttledUntil > Date.now()) schedule.call(this)
}
