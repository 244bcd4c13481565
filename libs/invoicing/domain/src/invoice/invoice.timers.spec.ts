import { recorded } from '@billstream/event-sourcing-core/testing'
import { InvoiceFinalizationStarted, InvoiceSkipped, StartFinalization } from '@billstream/invoicing-contracts'
import { TIMER_RANK, want } from '@billstream/event-sourcing-core'
import { invoiceTimers } from './invoice.timers'

const boundaryAt = '2026-07-01T00:00:00.000Z'
const drafted = (finalizeAt: string, clockId?: string) =>
  recorded(
    { type: 'InvoiceDrafted', data: { invoiceId: 'i1', subscriptionId: 's1', finalizeAt, boundaryAt } },
    { metadata: clockId === undefined ? {} : { clockId } },
  )
const changes = (event: ReturnType<typeof recorded>) => invoiceTimers.on[event.type]?.(event)

describe('the timer of a draft', () => {
  it('is due at the end of its grace, on the clock of its customer', () =>
    expect(changes(drafted('2026-07-04T00:00:00.000Z', 'clock-1'))).toEqual([
      {
        kind: 'set',
        timer: {
          ...{ rule: 'invoice-finalization', aggregateId: 'i1', rank: TIMER_RANK.finalization, tieBreak: 's1' },
          ...{
            due: '2026-07-04T00:00:00.000Z',
            clockId: 'clock-1',
            command: want(StartFinalization, { invoiceId: 'i1' }),
          },
        },
      },
    ]))
  it('is none without grace', () => expect(changes(drafted(boundaryAt))).toEqual([]))
  it('is gone once the draft is locked or dropped', () => {
    const cancel = [{ kind: 'cancel', rule: 'invoice-finalization', aggregateId: 'i1' }]
    expect(changes(recorded(InvoiceFinalizationStarted({ invoiceId: 'i1', measured: {} })))).toEqual(cancel)
    const skipped = { invoiceId: 'i1', reason: 'no_fees', subscriptionId: null, measurementId: null, droppedFeeIds: [] }
    expect(changes(recorded(InvoiceSkipped(skipped)))).toEqual(cancel)
  })
})
