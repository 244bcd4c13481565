import type { FactReader } from '@billstream/event-sourcing-runtime'
import {
  correctionInput,
  creditsOfPeriod,
  type BilledFee,
  type CarriedCredit,
  type ChargeUsage,
  type CorrectionInput,
  type TaxRate,
} from '@billstream/invoicing-domain'
import { feeProjection, invoiceProjection, type FeeRow } from '@billstream/invoicing-read-model'
import type { MeasuredCharge, MeasuredCorrection } from '@billstream/usage-contracts'
import { chargesOf } from './plan-version.facts'

/** Rows read at once, and fees of one earlier period in all. */
const FEES_MAX = 1_000

/** The invoice that is being made: what it holds itself is not billed yet. */
export interface InvoiceInTheMaking {
  readonly invoiceId: string
  readonly subscriptionId: string
  /** Of charges that were never billed and have no invoice. */
  readonly taxes: readonly TaxRate[]
}

/**
 * Earlier periods that were measured again, with what was billed for them so far. One whose invoice is still a draft is left
 * out: its own refresh bills it.
 */
export async function correctionInputs(
  corrections: readonly MeasuredCorrection[],
  making: InvoiceInTheMaking,
  facts: FactReader,
): Promise<CorrectionInput[]> {
  const inputs = await Promise.all(
    corrections.map(async (correction): Promise<CorrectionInput[]> => {
      const invoice = await facts.get(invoiceProjection, correction.invoiceId)
      if (invoice?.status === 'draft') return []
      const fees = await feesOfPeriod(correction.invoiceId, making, facts)
      const charges = await chargesOf(correction, facts)
      const measured = correction.charges.map(chargeUsage)
      return [correctionInput({ ...correction, measured }, { charges, fees, invoice, taxes: making.taxes })]
    }),
  )
  return inputs.flat()
}

/**
 * Credits of which another invoice could not bear all, unless their period is measured again anyway. One whose invoice is still a
 * draft is left out: that one is made anew, and may come to bear more itself.
 */
export async function carriedCredits(
  measuredAgain: readonly { readonly invoiceId: string }[],
  making: InvoiceInTheMaking,
  facts: FactReader,
): Promise<CarriedCredit[]> {
  const where = { subscription_id: making.subscriptionId, carries: true }
  const carrying = (await facts.find(feeProjection, { where, limit: FEES_MAX })).filter(isOfAnother(making))
  const again = new Set(measuredAgain.map(({ invoiceId }) => invoiceId))
  const periods = new Set(carrying.map(periodInvoice).filter((invoiceId) => !again.has(invoiceId)))
  const credits = await Promise.all(
    [...periods].map(async (invoiceId) => {
      const invoice = await facts.get(invoiceProjection, invoiceId)
      if (invoice?.status === 'draft') return []
      return creditsOfPeriod(invoiceId, await feesOfPeriod(invoiceId, making, facts), invoice)
    }),
  )
  return credits.flat()
}

/** The charge fees of a period and every correction of them, but those on the invoice in the making. */
async function feesOfPeriod(invoiceId: string, making: InvoiceInTheMaking, facts: FactReader): Promise<BilledFee[]> {
  const [own, corrections] = await Promise.all([
    facts.find(feeProjection, { where: { invoice_id: invoiceId }, limit: FEES_MAX }),
    facts.find(feeProjection, { where: { corrects_invoice_id: invoiceId }, limit: FEES_MAX }),
  ])
  const original = own.filter(
    ({ charge_id, corrects_invoice_id }) => charge_id !== null && corrects_invoice_id === null,
  )
  return [...original, ...corrections].filter(isOfAnother(making)).map(billedFee)
}

function billedFee(row: FeeRow): BilledFee {
  return {
    feeId: row.id,
    invoiceId: row.invoice_id,
    chargeId: row.charge_id,
    metricCode: row.metric_code,
    description: row.description,
    units: row.units,
    eventsCount: row.events_count,
    amount: row.amount_cents,
    properties: row.properties,
    cause: row.cause,
    createdAt: row.created_at,
  }
}

export function chargeUsage({ chargeId, units, parts }: MeasuredCharge): ChargeUsage {
  return { chargeId, units, eventsCount: parts.eventsCount }
}

function periodInvoice({ invoice_id, corrects_invoice_id }: FeeRow): string {
  return corrects_invoice_id ?? invoice_id
}

function isOfAnother({ invoiceId }: InvoiceInTheMaking): (fee: FeeRow) => boolean {
  return ({ invoice_id }) => invoice_id !== invoiceId
}
