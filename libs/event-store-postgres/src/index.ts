export { eventStoreMigrations } from './event-store.migrations'
export { PostgresEventStore } from './postgres-event-store'
export { type StoreDatabase } from './store-database'
