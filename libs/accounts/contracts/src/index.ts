import * as customer from './customer'
import * as organization from './organization'
import * as testClock from './test-clock'

export * from './customer'
export * from './hmac-key'
export * from './organization'
export * from './refusals'
export * from './test-clock'

export const accountsEvents = [
  organization.OrganizationCreated,
  organization.OrganizationChanged,
  organization.OrganizationClosed,
  organization.OrganizationBillingHalted,
  organization.OrganizationBillingResumed,
  organization.ApiKeyCreated,
  organization.ApiKeyRevoked,
  customer.CustomerCreated,
  customer.CustomerChanged,
  customer.CustomerDeleted,
  customer.CustomerErased,
  testClock.TestClockCreated,
  testClock.TestClockAdvanceStarted,
  testClock.TestClockStepped,
  testClock.TestClockAdvanced,
]
