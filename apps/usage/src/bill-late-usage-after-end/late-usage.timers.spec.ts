import { TIMER_RANK, type EventMetadata, type TimerChange } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { correctionInvoiceIdOf } from '@billstream/invoicing-contracts'
import {
  correctionBoundary,
  SubscriptionLateUsageNoted,
  SubscriptionTerminated,
  type Boundary,
} from '@billstream/subscriptions-contracts'
import { uuid } from '../../test/usage-world'
import { lateUsageTimers } from './late-usage.timers'

const endedAt = '2026-06-11T10:00:00.000Z'
const subscriptionId = uuid('subscription')
const boundary: Boundary = {
  ...{ kind: 'end', at: endedAt, customerId: uuid('acme'), externalCustomerId: 'acme', base: null },
  externalSubscriptionId: 'acme-main',
  plan: {
    ...{ planId: uuid('pro'), planVersion: 3, planName: 'Pro', interval: 'monthly', amount: '0', currency: 'USD' },
  },
  closed: { start: '2026-06-01T00:00:00.000Z', end: endedAt },
}
const ended = (last: Boundary | null = boundary, metadata: Partial<EventMetadata> = {}) =>
  recorded(SubscriptionTerminated({ subscriptionId, endedAt, onTerminationAction: 'skip', boundary: last }), {
    metadata,
  })
const set = (event: ReturnType<typeof recorded>): readonly TimerChange[] =>
  lateUsageTimers.on[event.type]?.(event) ?? []
const timers = (event: ReturnType<typeof recorded>) =>
  set(event).flatMap((change) => (change.kind === 'set' ? [change.timer] : []))

describe('late usage of a subscription that has ended', () => {
  it('is billed a day after the end, by an invoice of its own', () => {
    const [timer] = timers(ended())
    expect(timer).toMatchObject({
      ...{ rule: 'late-usage', aggregateId: subscriptionId, rank: TIMER_RANK.other, due: '2026-06-12T10:00:00.000Z' },
      command: {
        data: {
          ...{ purpose: 'draft', subscriptionId, period: null, planId: uuid('pro'), planVersion: 3 },
          ...{ customerId: uuid('acme'), externalCustomerId: 'acme', externalSubscriptionId: 'acme-main' },
          boundary: { kind: 'correction', at: '2026-06-12T10:00:00.000Z', closed: null, base: null },
        },
      },
    })
    expect(timer).not.toHaveProperty('clockId')
    const { measurementId, invoiceId } = timer?.command.data as { measurementId: string; invoiceId: string }
    expect(invoiceId).toBe(correctionInvoiceIdOf(subscriptionId, measurementId))
  })
  it('is billed once for an end that is projected twice', () => expect(set(ended())).toEqual(set(ended())))
  it('is billed in the time of its customer', () =>
    expect(timers(ended(boundary, { clockId: uuid('clock') }))).toMatchObject([{ clockId: uuid('clock') }]))
  it('is billed when it was noted for', () => {
    const noted = correctionBoundary(boundary, '2026-08-01T00:00:00.000Z')
    const event = recorded(SubscriptionLateUsageNoted({ subscriptionId, boundary: noted }))
    expect(timers(event)).toMatchObject([{ due: '2026-08-02T00:00:00.000Z', command: { data: { boundary: noted } } }])
  })
  it('is none when it never ran', () => expect(set(ended(null))).toEqual([]))
})
