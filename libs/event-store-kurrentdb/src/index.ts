export { EventStoreUrlUnusable, isKurrentUrl, openKurrentEventStore } from './open-kurrent-event-store'
export { type KurrentEventStore } from './kurrent-event-store'
