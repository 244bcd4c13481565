export * from './message-bus.port'
export * from './cloud-event'
export * from './envelope'
export * from './topics'
