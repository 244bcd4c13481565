export { eventStoreMigrations } from './event-store.migrations'
export { PostgresEventIndex } from './postgres-event-index'
export { PostgresEventStore } from './postgres-event-store'
export { type StoreDatabase } from './store-database'
