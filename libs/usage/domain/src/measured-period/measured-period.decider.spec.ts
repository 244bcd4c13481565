import { specificationOf, testMetadata } from '@billstream/event-sourcing-core/testing'
import { MeasuredPeriodChanged, NotePeriodChange } from '@billstream/usage-contracts'
import { measuredPeriodDecider } from './measured-period.decider'

const data = (change: number) => ({
  invoiceId: '00000000-0000-7000-8000-000000000001',
  subscriptionId: '00000000-0000-7000-8000-000000000002',
  customerExternalId: 'acme',
  period: { start: '2026-06-01T00:00:00.000Z', end: '2026-07-01T00:00:00.000Z' },
  change,
  measured: { planVersion: 1 },
})
const { given } = specificationOf(measuredPeriodDecider)
const note = (change: number) => NotePeriodChange(data(change), testMetadata())
const changed = (change: number) => MeasuredPeriodChanged(data(change))

describe('a change of a measured period', () => {
  it('is noted', () => given().when(note(1)).then(changed(1)))
  it('is noted once', () => given(changed(1)).when(note(1)).nothing())
  it('is noted after an earlier one', () => given(changed(1)).when(note(3)).then(changed(3)))
  it('is not noted after a later one', () => given(changed(3)).when(note(2)).nothing())
})
