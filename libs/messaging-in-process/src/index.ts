export * from './event-feed'
export * from './in-process-bus'
export * from './in-process.strategy'
