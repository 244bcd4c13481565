import { createHash } from 'node:crypto'
import { epochMillis, timeOrderedId } from '@billstream/kernel'
import type { MeasureRequest, UsageBatch, UsageEvent, UsageScope } from '../ports/usage-log.port'

export const CREATED_AT = '2026-07-01T00:00:00.000Z'
export const JUNE = { from: '2026-06-01T00:00:00.000Z', to: '2026-07-01T00:00:00.000Z' }

/** One customer with one subscription of an organization of its own, so that tests do not see each other. */
export interface Tenant {
  readonly organizationId: string
  readonly externalCustomerId: string
  readonly externalSubscriptionId: string
  readonly subscriptionId: string
}

export function newTenant(): Tenant {
  const [organizationId, subscriptionId] = [timeOrderedId(), timeOrderedId()]
  return { organizationId, subscriptionId, externalCustomerId: 'acme', externalSubscriptionId: 'acme-main' }
}

/** An event of the metric `tokens`, which is summed; override what matters. */
export function usageEvent(transactionId: string, overrides: Partial<UsageEvent> = {}): UsageEvent {
  const content = {
    transactionId,
    externalCustomerId: 'acme',
    externalSubscriptionId: '',
    code: 'tokens',
    timestamp: '2026-06-15T12:30:00.000Z',
    properties: '{"tokens":5}',
    value: '5',
    distinct: null,
    createdAt: CREATED_AT,
    ...overrides,
  }
  const contentHash = createHash('sha256').update(JSON.stringify(content)).digest('hex')
  return { ...content, id: idAt(content.createdAt), contentHash, ...overrides }
}

/** A UUID v7 of the given time. */
function idAt(createdAt: string): string {
  const time = epochMillis(createdAt).toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}${timeOrderedId().slice(13)}`
}

export function batchOf(tenant: Tenant, events: readonly UsageEvent[], requestId = timeOrderedId()): UsageBatch {
  return { requestId, organizationId: tenant.organizationId, events }
}

export function scopeOf(tenant: Tenant, overrides: Partial<UsageScope> = {}): UsageScope {
  const { organizationId, externalCustomerId, externalSubscriptionId } = tenant
  return { organizationId, externalCustomerId, externalSubscriptionId, ...JUNE, codes: ['tokens'], ...overrides }
}

/** Measures June of the tenant for an invoice of its own. */
export function measureRequest(tenant: Tenant, overrides: Partial<MeasureRequest> = {}): MeasureRequest {
  return {
    ...tenant,
    measurementId: timeOrderedId(),
    invoiceId: timeOrderedId(),
    period: { ...JUNE, codes: ['tokens'] },
    request: { plan: 'pro' },
    corrections: [],
    settles: false,
    ...overrides,
  }
}
