import { want, type RecordedEvent } from '@billstream/event-sourcing-core'
import { recorded } from '@billstream/event-sourcing-core/testing'
import { Tax, TaxApplication } from '@billstream/invoicing-contracts'
import { dropApplicationsOfRemovedTax as process } from './drop-applications-of-removed-tax.process'

const applied = (id: string, taxId = 'vat') =>
  recorded(
    TaxApplication.Defined({
      id,
      fields: { key: `customer:${id}:${taxId}`, taxId, taxCode: taxId, taxableType: 'customer', taxableId: id },
    }),
  )
const removed = (id = 'vat') => recorded(Tax.Removed({ id }))

/** What is wanted after each event, with the state of each tax. */
function run(...events: readonly RecordedEvent[]) {
  const states = new Map<string, NonNullable<typeof process.initial>>()
  return events.map((event) => {
    const key = process.key?.(event) ?? ''
    const before = states.get(key) ?? process.initial ?? { removed: false, applicationIds: [] }
    const state = process.evolve?.(before, event) ?? before
    states.set(key, state)
    return process.react(event, state)
  })
}
const drop = (id: string) => want(TaxApplication.Remove, { id })

describe('a tax that is removed', () => {
  it('takes its applications along', () =>
    expect(run(applied('anna'), applied('ben'), removed())).toEqual([[], [], [drop('anna'), drop('ben')]]))
  it('takes one along that comes out of order', () =>
    expect(run(removed(), applied('anna'))).toEqual([[], [drop('anna')]]))
  it('wants the same again when it is delivered twice, and what is gone is ignored', () => {
    expect(run(applied('anna'), removed(), removed())).toEqual([[], [drop('anna')], [drop('anna')]])
    expect(process.refusals).toEqual({ tax_application_not_found: 'ignore' })
  })
  it('leaves the applications of another tax', () => expect(run(applied('anna', 'other'), removed())).toEqual([[], []]))
  it('without applications wants nothing', () => expect(run(removed())).toEqual([[]]))
})
