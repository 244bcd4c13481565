import { derivedId } from '@billstream/kernel'
import { isEvent, want, type ProcessDefinition } from '@billstream/event-sourcing-core'
import { MeasuredPeriodChanged, MeasurePeriod } from '@billstream/usage-contracts'
import { measuredRequest } from '../measurement/measured-request'

/**
 * Usage that comes after a measurement is measured again for the draft. Whether there still is one only invoicing knows; a
 * refresh settles nothing, so for an issued invoice the change stays open for a correction.
 */
export const measureChangedDraft: ProcessDefinition = {
  name: 'measure-changed-draft',
  context: 'usage',
  reactsTo: [MeasuredPeriodChanged.type],
  react: (event) => {
    if (!isEvent(MeasuredPeriodChanged, event)) return []
    const request = measuredRequest(event.data.measured)
    if (!request) return []
    const measurementId = derivedId('measurement', request.invoiceId, 'refresh', event.data.change)
    return [want(MeasurePeriod, { ...request, measurementId, purpose: 'refresh' })]
  },
}
