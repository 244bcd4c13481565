export { EventStoreUrlUnusable, hostsOf, isKurrentUrl, openKurrentEventStore } from './open-kurrent-event-store'
export { isOutOfReach } from './kurrent-errors'
export { type KurrentEventStore } from './kurrent-event-store'
