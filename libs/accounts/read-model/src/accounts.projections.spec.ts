import {
  ApiKeyCreated,
  ApiKeyRevoked,
  CustomerChanged,
  CustomerCreated,
  CustomerDeleted,
  CustomerErased,
  OrganizationChanged,
  OrganizationClosed,
  OrganizationCreated,
  TestClockAdvanced,
  TestClockAdvanceStarted,
  TestClockCreated,
  TestClockStepped,
} from '@billstream/accounts-contracts'
import { projectRows, recorded } from '@billstream/event-sourcing-core/testing'
import { apiKeyProjection } from './api-key/api-key.projection'
import { customerProjection } from './customer/customer.projection'
import { organizationProjection } from './organization/organization.projection'
import { testClockProjection } from './test-clock/test-clock.projection'

const organizationId = '00000000-0000-7000-8000-00000000000a'
const customerId = 'customer-1'
const testClockId = 'clock-1'

describe('the view of organizations', () => {
  const created = OrganizationCreated({
    organizationId,
    slug: 'acme',
    test: false,
    name: 'Acme',
    defaultCurrency: 'USD',
    timezone: 'UTC',
    logoUrl: 'https://example.com/logo.png',
    portalAccentColor: null,
    portalWelcomeMessage: null,
    hmacKeySecretId: 'secret-1',
  })
  const rowAfter = (...events: Parameters<typeof recorded>[0][]) =>
    projectRows(
      organizationProjection,
      events.map((event) => recorded(event)),
    ).get(organizationId)

  it('shows what was created', () =>
    expect(rowAfter(created)).toMatchObject({ slug: 'acme', default_currency: 'USD', status: 'open' }))
  it('changes only what changed, and clears', () =>
    expect(
      rowAfter(created, OrganizationChanged({ organizationId, changes: { name: 'Acme 2', logoUrl: null } })),
    ).toMatchObject({ name: 'Acme 2', logo_url: null, timezone: 'UTC' }))
  it('shows a closed one as closed', () =>
    expect(rowAfter(created, OrganizationClosed({ organizationId }))).toMatchObject({ status: 'closed' }))
})

describe('the view of API keys', () => {
  const key = { keyId: 'key-1', name: null, prefix: 'bxb_live_012', hash: 'h', expiresAt: null }
  const rows = projectRows(apiKeyProjection, [
    recorded(ApiKeyCreated({ organizationId, key })),
    recorded(ApiKeyCreated({ organizationId, key: { ...key, keyId: 'key-2' } })),
    recorded(ApiKeyRevoked({ organizationId, keyId: 'key-1', hash: 'h' })),
  ])

  it('keeps a revoked key and leaves the others alone', () => {
    expect(rows.get('key-1')).toMatchObject({ status: 'revoked', key_prefix: 'bxb_live_012' })
    expect(rows.get('key-2')).toMatchObject({ status: 'active' })
  })
})

describe('the view of customers', () => {
  const created = CustomerCreated({
    customerId,
    externalId: 'ada',
    testClockId: null,
    currency: null,
    timezone: 'Europe/Berlin',
    invoiceGracePeriodDays: 3,
    netPaymentTermDays: null,
    personal: { name: 'Ada', email: 'ada@example.com', billingMetadata: { city: 'London' } },
  })
  const rowAfter = (...events: Parameters<typeof recorded>[0][]) =>
    projectRows(
      customerProjection,
      events.map((event) => recorded(event)),
    ).get(customerId)

  it('shows what was created', () =>
    expect(rowAfter(created)).toMatchObject({ name: 'Ada', currency: null, invoice_grace_period: 3, status: 'active' }))
  it('changes only what changed, and clears', () =>
    expect(
      rowAfter(created, CustomerChanged({ customerId, changes: { timezone: null }, personal: { email: null } })),
    ).toMatchObject({ timezone: null, email: null, name: 'Ada', invoice_grace_period: 3 }))
  it('keeps a deleted one readable', () =>
    expect(rowAfter(created, CustomerDeleted({ customerId }))).toMatchObject({ name: 'Ada', status: 'deleted' }))
  it('forgets an erased one', () =>
    expect(rowAfter(created, CustomerErased({ customerId }))).toMatchObject({
      name: '',
      email: null,
      billing_metadata: {},
    }))
  it('shows nothing of the person when it is rebuilt after the key is gone', () =>
    expect(rowAfter(CustomerCreated({ ...created.data, personal: null }))).toMatchObject({ name: '', email: null }))
})

describe('the view of test clocks', () => {
  const events = [
    TestClockCreated({ testClockId, name: 'story', frozenTime: '2023-11-01T00:00:00.000Z' }),
    TestClockAdvanceStarted({
      testClockId,
      from: '2023-11-01T00:00:00.000Z',
      targetTime: '2023-12-02T00:00:00.000Z',
    }),
    TestClockStepped({ testClockId, frozenTime: '2023-12-01T00:00:00.000Z' }),
    TestClockAdvanced({ testClockId, frozenTime: '2023-12-02T00:00:00.000Z' }),
  ]
  const rowAfter = (count: number) =>
    projectRows(
      testClockProjection,
      events.slice(0, count).map((event) => recorded(event)),
    ).get(testClockId)

  it('is ready when it is made', () => expect(rowAfter(1)).toMatchObject({ status: 'ready', target_time: null }))
  it('shows where an advance stands and where it goes', () =>
    expect(rowAfter(3)).toMatchObject({
      status: 'advancing',
      frozen_time: '2023-12-01T00:00:00.000Z',
      target_time: '2023-12-02T00:00:00.000Z',
    }))
  it('is ready again at its target', () =>
    expect(rowAfter(4)).toMatchObject({ status: 'ready', frozen_time: '2023-12-02T00:00:00.000Z', target_time: null }))
})
