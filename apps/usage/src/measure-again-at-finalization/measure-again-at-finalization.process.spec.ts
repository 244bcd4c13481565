import { recorded } from '@billstream/event-sourcing-core/testing'
import { InvoiceFinalizationStarted, InvoicePaid } from '@billstream/invoicing-contracts'
import { derivedId } from '@billstream/kernel'
import { uuid } from '../../test/usage-world'
import { measureAgainAtFinalization } from './measure-again-at-finalization.process'

const request = (over: object = {}) => ({
  ...{ invoiceId: uuid('june'), subscriptionId: uuid('subscription'), customerId: uuid('acme') },
  ...{ externalCustomerId: 'acme', externalSubscriptionId: 'acme-main', planId: uuid('pro'), planVersion: 1 },
  ...{ period: { start: '2026-06-01T00:00:00.000Z', end: '2026-07-01T00:00:00.000Z' }, boundary: { kind: 'end' } },
  ...over,
})
const started = (measured: object) =>
  recorded(InvoiceFinalizationStarted({ invoiceId: uuid('june'), measured: { ...measured } }))
const react = (event: ReturnType<typeof recorded>) => measureAgainAtFinalization.react(event, undefined)
const data = (event: ReturnType<typeof recorded>) => react(event).map((wanted) => wanted.data)

describe('a draft that is locked', () => {
  it('is measured for the last time, as it was measured first', () => {
    const measured = { ...request(), measurementId: uuid('draft'), purpose: 'draft', organization: 'not asked for' }
    const measurementId = derivedId('measurement', uuid('june'), 'final')
    expect(data(started(measured))).toEqual([{ ...request(), measurementId, purpose: 'final' }])
  })

  it('is measured once, however often it is told', () =>
    expect(react(started(request()))).toEqual(react(started(request()))))

  it('is measured without having heard of the draft', () => {
    expect(measureAgainAtFinalization.evolve).toBeUndefined()
    expect(data(started(request()))).toHaveLength(1)
  })

  it('is measured for its own customer', () =>
    expect(data(started(request({ externalCustomerId: 'globex' })))).toMatchObject([{ externalCustomerId: 'globex' }]))

  it('is not measured when it never was, nor at other events', () => {
    expect(react(started({}))).toEqual([])
    const paid = { invoiceId: uuid('june'), paidAt: '2026-07-01T00:00:00.000Z', paymentId: null }
    expect(react(recorded({ type: InvoicePaid.type, data: paid }))).toEqual([])
  })
})
