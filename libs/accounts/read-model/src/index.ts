import { apiKeyProjection } from './api-key/api-key.projection'
import { customerProjection } from './customer/customer.projection'
import { organizationProjection } from './organization/organization.projection'
import { testClockProjection } from './test-clock/test-clock.projection'

export * from './api-key/api-key.projection'
export * from './api-key/api-key.view'
export * from './customer/customer.projection'
export * from './customer/customer.view'
export * from './organization/organization.projection'
export * from './organization/organization.view'
export * from './test-clock/test-clock.projection'
export * from './test-clock/test-clock.view'
export { accountsMigrations } from './migrations/accounts.migrations'

export const accountsProjections = [
  organizationProjection,
  apiKeyProjection,
  customerProjection,
  testClockProjection,
] as const
