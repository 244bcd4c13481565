import { want } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { InvoiceDrafted, StartFinalization } from '@billstream/invoicing-contracts'
import { finalizeDraftWithoutGrace as process } from './finalize-draft-without-grace.process'

const boundaryAt = '2026-07-01T00:00:00.000Z'
const drafted = (invoiceId: string, finalizeAt: string) =>
  recorded({ type: InvoiceDrafted.type, data: { invoiceId, finalizeAt, boundaryAt } })

describe('a draft without grace', () => {
  it('is finalized at once, by the same command when it is delivered twice', () => {
    const events = [drafted('a', boundaryAt), drafted('a', boundaryAt)]
    const wanted = [want(StartFinalization, { invoiceId: 'a' })]
    expect(events.map((event) => process.react(event, undefined))).toEqual([wanted, wanted])
  })
  it('of another customer is another one, in any order', () =>
    expect(['b', 'a'].map((id) => process.react(drafted(id, boundaryAt), undefined))).toEqual([
      [want(StartFinalization, { invoiceId: 'b' })],
      [want(StartFinalization, { invoiceId: 'a' })],
    ]))
})

describe('a draft with grace', () => {
  it('waits for its timer', () =>
    expect(process.react(drafted('a', '2026-07-02T00:00:00.000Z'), undefined)).toEqual([]))
})
