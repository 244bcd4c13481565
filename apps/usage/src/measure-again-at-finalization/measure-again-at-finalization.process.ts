import { derivedId } from '@billstream/kernel'
import { isEvent, want, type ProcessDefinition } from '@billstream/event-sourcing-core'
import { InvoiceFinalizationStarted } from '@billstream/invoicing-contracts'
import { MeasurePeriod } from '@billstream/usage-contracts'
import { measuredRequest } from '../measurement/measured-request'

/** A locked draft is measured for the last time. An invoice that was never measured has nothing to measure. */
export const measureAgainAtFinalization: ProcessDefinition = {
  name: 'measure-again-at-finalization',
  context: 'usage',
  reactsTo: [InvoiceFinalizationStarted.type],
  react: (event) => {
    if (!isEvent(InvoiceFinalizationStarted, event)) return []
    const request = measuredRequest(event.data.measured)
    if (!request) return []
    const measurementId = derivedId('measurement', request.invoiceId, 'final')
    return [want(MeasurePeriod, { ...request, measurementId, purpose: 'final' })]
  },
}
