import { recorded } from '@billstream/event-sourcing-core/testing'
import { derivedId } from '@billstream/kernel'
import { MeasuredPeriodChanged, PeriodMeasured } from '@billstream/usage-contracts'
import { uuid } from '../../test/usage-world'
import { measureChangedDraft } from './measure-changed-draft.process'

const period = { start: '2026-06-01T00:00:00.000Z', end: '2026-07-01T00:00:00.000Z' }
const request = (over: object = {}) => ({
  ...{ invoiceId: uuid('june'), subscriptionId: uuid('subscription'), customerId: uuid('acme') },
  ...{ externalCustomerId: 'acme', externalSubscriptionId: 'acme-main', planId: uuid('pro'), planVersion: 1 },
  ...{ period, boundary: { kind: 'period_close' }, ...over },
})
const changed = (change: number, measured: object = request()) =>
  recorded(
    MeasuredPeriodChanged({
      ...{ invoiceId: uuid('june'), subscriptionId: uuid('subscription'), customerExternalId: 'acme', period, change },
      measured: { ...measured },
    }),
  )
const react = (event: ReturnType<typeof recorded>) => measureChangedDraft.react(event, undefined)
const data = (event: ReturnType<typeof recorded>) => react(event).map((wanted) => wanted.data)

describe('a measured period that changed', () => {
  it('is measured again for its draft', () => {
    const measurementId = derivedId('measurement', uuid('june'), 'refresh', 2)
    expect(data(changed(2))).toEqual([{ ...request(), measurementId, purpose: 'refresh' }])
  })

  it('is measured once for a change that is told twice', () => expect(react(changed(1))).toEqual(react(changed(1))))

  it('is measured for each change, in whatever order they are heard', () => {
    const ids = [changed(2), changed(1)]
      .flatMap(data)
      .map((asked) => (asked as { measurementId: string }).measurementId)
    expect(new Set(ids).size).toBe(2)
  })

  it('is measured for its own customer', () =>
    expect(data(changed(1, request({ externalCustomerId: 'globex' })))).toMatchObject([
      { externalCustomerId: 'globex' },
    ]))

  it('is not measured at other events, nor without a request', () => {
    expect(react(recorded({ type: PeriodMeasured.type, data: {} }))).toEqual([])
    expect(react(changed(1, {}))).toEqual([])
  })
})
