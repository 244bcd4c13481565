export { eventRegistry } from './event-registry'
export { runProjector } from './projector'
export { allProjections, readModelMigrations } from './read-models'
