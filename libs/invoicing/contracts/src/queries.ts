import { defineQuery } from '@billstream/event-sourcing-core'
import type { Fee, InvoiceTotals } from './invoice'

export type PreviewRefusal = {
  code:
    'subscription_not_active' | 'subscription_not_found' | 'window_over_boundary' | 'invalid_window' | 'money_overflow'
  message: string
  field?: string
}

/** What a charge measures now, in plan order: also where it comes to no fee. units: exact. */
export interface PreviewedUsage {
  chargeId: string
  metricCode: string
  aggregation: string
  units: string
}

/** The next invoice of a subscription from what is known now, by the same code as the invoice; nothing is written. */
export const PreviewInvoice = defineQuery<
  { subscriptionId: string; from: string | null; to: string | null },
  | { ok: true; currency: string; fees: Fee[]; totals: InvoiceTotals; usage: PreviewedUsage[] }
  | { ok: false; error: PreviewRefusal }
>()('PreviewInvoice', 'invoicing')
