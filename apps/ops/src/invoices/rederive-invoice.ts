import type { EventOf } from '@billstream/event-sourcing-core'
import type { InvoiceContent, InvoiceFinalized } from '@billstream/invoicing-contracts'
import {
  composeInvoice,
  correctionInput,
  creditsOfPeriod,
  type CarriedCredit,
  type CorrectionInput,
  type InvoiceInputs,
  type TaxRate,
} from '@billstream/invoicing-domain'
import type { Boundary } from '@billstream/subscriptions-contracts'
import type { OpsPorts } from '../ops'
import type { BillingHistory } from './billing-history'
import { baseOf, measurementOf, usageOf, type Measurement, type PlanVersions } from './measured-inputs'

export type FinalizedInvoice = EventOf<typeof InvoiceFinalized>['data']

export interface InvoiceDifference {
  readonly invoiceId: string
  readonly number: string
  /** Path into the invoice, or the reason why it could not be derived. */
  readonly where: string
  readonly recorded: unknown
  readonly derived: unknown
}

interface Sources {
  readonly history: BillingHistory
  readonly plans: PlanVersions
  readonly eventStore: OpsPorts['eventStore']
}

/**
 * Makes an issued invoice once more from what is recorded: measurement, plan version, the boundary's base, what was billed
 * before. Tax rates are those that its own lines keep. Returns what differs, nothing when it is the same byte for byte.
 */
export async function rederiveInvoice(recorded: FinalizedInvoice, sources: Sources): Promise<InvoiceDifference[]> {
  const { invoiceId, number, measurementId } = recorded
  const differs = (where: string, is: unknown, derived: unknown): InvoiceDifference[] => [
    { invoiceId, number, where, recorded: is, derived },
  ]
  const measurement = measurementId === null ? undefined : await measurementOf(measurementId, sources)
  if (!measurement) return differs('measurementId', measurementId, 'no such measurement is recorded')
  const content = composeInvoice(await inputsOf(measurement, recorded, sources))
  if (!content.ok) return differs('totals', recorded.totals, content.error.code)
  return contentDifferences(recorded, content.value).flatMap(([where, is, derived]) => differs(where, is, derived))
}

async function inputsOf(
  measurement: Measurement,
  recorded: FinalizedInvoice,
  sources: Sources,
): Promise<InvoiceInputs> {
  const { invoiceId, measurementId, watermark, corrections, period, planId, planVersion, charges } = measurement
  const taxes = ownTaxes(recorded)
  const usage = period && {
    ...{ planId, planVersion, period, measured: charges.map(usageOf) },
    charges: await sources.plans.chargesOf(planId, planVersion),
  }
  return {
    ...{ invoiceId, measurementId, watermark, usage, taxes },
    base: baseOf(measurement.boundary as Boundary),
    corrections: await correctionsOf(measurement, taxes, sources),
    carried: carriedOf(
      invoiceId,
      corrections.map((correction) => correction.invoiceId),
      sources,
    ),
  }
}

async function correctionsOf(
  { invoiceId: making, corrections }: Measurement,
  taxes: readonly TaxRate[],
  { history, plans }: Sources,
): Promise<CorrectionInput[]> {
  const issued = corrections.filter(({ invoiceId }) => !history.isDraft(invoiceId))
  return Promise.all(
    issued.map(async (correction) => {
      const { invoiceId, planId, planVersion } = correction
      const again = { ...correction, measured: correction.charges.map(usageOf) }
      return correctionInput(again, {
        charges: await plans.chargesOf(planId, planVersion),
        fees: history.feesOfPeriod(invoiceId, making),
        invoice: history.invoice(invoiceId),
        taxes,
      })
    }),
  )
}

function carriedOf(making: string, measuredAgain: readonly string[], { history }: Sources): CarriedCredit[] {
  return history
    .carryingPeriods(making)
    .filter((invoiceId) => invoiceId !== making && !measuredAgain.includes(invoiceId) && !history.isDraft(invoiceId))
    .flatMap((invoiceId) =>
      creditsOfPeriod(invoiceId, history.feesOfPeriod(invoiceId, making), history.invoice(invoiceId)),
    )
}

/** Every line that corrects nothing has the same taxes: those in force for the customer. */
function ownTaxes({ fees }: FinalizedInvoice): TaxRate[] {
  const own = fees.find(({ cause }) => cause.corrects === null)
  return (own?.taxes ?? []).map(({ taxId, code, name, rate }) => ({ taxId, code, name, rate }))
}

function contentDifferences(recorded: InvoiceContent, derived: InvoiceContent): [string, unknown, unknown][] {
  const members = ['fees', 'taxes', 'totals'] as const
  return members.flatMap((member) => differences(member, recorded[member], derived[member]))
}

/** The deepest members in which two JSON values differ. */
function differences(path: string, one: unknown, other: unknown): [string, unknown, unknown][] {
  if (JSON.stringify(one) === JSON.stringify(other)) return []
  if (!isObject(one) || !isObject(other)) return [[path, one, other]]
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])]
  const found = names.flatMap((name) => differences(`${path}.${name}`, one[name], other[name]))
  // Equal members in another order are another invoice byte for byte.
  return found.length > 0 ? found : [[path, one, other]]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
