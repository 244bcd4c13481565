export { eventRegistry, eventsByContext } from './event-registry'
export { allProjections, readModelMigrations } from './read-models'
export { allMigrations, openPostgresPlatform, type PostgresPlatform } from './postgres-platform'
