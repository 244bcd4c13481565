import type { Fee } from '@billstream/invoicing-contracts'
import type { FeeRow } from '@billstream/invoicing-read-model'
import { amountText, exactText } from '../amount-text'

/** A fee as GET shows it. Source: rules/boxbilling.md, section 10. */
export function presentFee(fee: FeeRow) {
  return {
    id: fee.id,
    invoice_id: fee.invoice_id,
    charge_id: fee.charge_id,
    subscription_id: fee.subscription_id,
    commitment_id: null,
    customer_id: fee.customer_id,
    fee_type: fee.fee_type,
    amount_cents: amountText(fee.amount_cents),
    taxes_amount_cents: amountText(fee.taxes_amount_cents),
    total_amount_cents: amountText(fee.total_amount_cents),
    units: exactText(fee.units),
    events_count: fee.events_count,
    unit_amount_cents: exactText(fee.unit_amount_cents),
    payment_status: fee.payment_status,
    description: fee.description,
    metric_code: fee.metric_code,
    properties: fee.properties,
    created_at: fee.created_at,
    updated_at: fee.updated_at,
  }
}

/** A line of an invoice that does not exist yet. */
export function presentFeePreview(fee: Fee) {
  return {
    description: fee.description,
    units: exactText(fee.units),
    unit_amount_cents: exactText(fee.unitAmount),
    amount_cents: amountText(fee.amount),
    charge_model: fee.chargeModel,
    metric_code: fee.metricCode,
  }
}
