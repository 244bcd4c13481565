import { isEvent, want, type ProcessDefinition, type RecordedEvent } from '@billstream/event-sourcing-core'
import { Tax, TaxApplication } from '@billstream/invoicing-contracts'

interface ApplicationsOfTax {
  readonly removed: boolean
  readonly applicationIds: readonly string[]
}

/** A tax that is removed takes its applications along, also one that was still on its way. */
export const dropApplicationsOfRemovedTax: ProcessDefinition<ApplicationsOfTax> = {
  name: 'drop-applications-of-removed-tax',
  context: 'invoicing',
  reactsTo: [TaxApplication.Defined.type, Tax.Removed.type],
  key: (event) =>
    isEvent(TaxApplication.Defined, event) ? event.data.fields.taxId : (event.data as { id: string }).id,
  initial: { removed: false, applicationIds: [] },
  evolve,
  react: (event, { removed, applicationIds }) => {
    if (!removed) return []
    const ids = isEvent(TaxApplication.Defined, event) ? [event.data.id] : applicationIds
    return ids.map((id) => want(TaxApplication.Remove, { id }))
  },
  // It was removed by itself before.
  refusals: { tax_application_not_found: 'ignore' },
}

function evolve(state: ApplicationsOfTax, event: RecordedEvent): ApplicationsOfTax {
  if (isEvent(TaxApplication.Defined, event)) {
    return { ...state, applicationIds: [...state.applicationIds, event.data.id] }
  }
  return { ...state, removed: true }
}
