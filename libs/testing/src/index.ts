export { DocumentedAnswers, type HttpAnswer } from './documented-answers'
export { fixedClock, type FixedClock } from './fixed-clock'
export { createTestDatabase, type TestDatabase } from './postgres'
export { sequentialIds } from './sequential-ids'
