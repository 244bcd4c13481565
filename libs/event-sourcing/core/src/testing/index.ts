export * from './decider-specification'
export * from './recorded'
