import type { Fee, InvoiceContent } from '@billstream/invoicing-contracts'
import type { PriceStep } from '@billstream/rating'
import { counted } from '../console/counted'
import { moneyText } from '../console/money-text'
import { safeLine } from '../console/safe-text'
import { addsUp, type ExplainedInvoice } from './explain-invoice'
import type { Measurement } from './measured-inputs'

/** Every cent of an invoice down to measurement, plan version, rule, steps, rounding and tax; amounts inside steps are minor units. */
export function explanationText(invoice: ExplainedInvoice): string {
  const { content, currency, measurement } = invoice
  const lines = content.fees.flatMap((fee, index) => feeLines(fee, index + 1, { currency, measurement }))
  return [...headLines(invoice), '', ...lines, '', ...totalLines(content, currency)].join('\n')
}

function headLines(invoice: ExplainedInvoice): string[] {
  const { number, invoiceId, status, customerId, subscriptionId, billingPeriod, boundaryAt, measurement } = invoice
  return [
    `${number ?? 'draft'}  ${status}  invoice ${invoiceId}`,
    `customer ${customerId}, subscription ${subscriptionId ?? 'none'}`,
    `billed ${billingPeriod.start} to ${billingPeriod.end}, boundary at ${boundaryAt}`,
    measurement
      ? `measured by ${measurement.measurementId} (${measurement.purpose}) up to watermark ${measurement.watermark}`
      : 'nothing was measured',
  ]
}

interface FeeContext {
  readonly currency: string
  readonly measurement: Measurement | null
}

function feeLines(fee: Fee, line: number, context: FeeContext): string[] {
  const { cause, description, feeType, amount, period, taxes } = fee
  const details = [
    `period ${period.start} to ${period.end}, plan ${cause.planId} version ${cause.planVersion}`,
    ...measuredLines(fee, context),
    `rule ${cause.rule}`,
    ...cause.steps.map((step) => `  ${stepText(step as unknown as Step)}`),
    `exact ${cause.exact} minor units, rounded once, half away from zero: ${amountBefore(fee)}`,
    ...correctionLines(fee),
    ...taxes.map(
      ({ code, rate, amount: tax }) => `tax ${code} at ${rate} %: ${moneyText(tax, context.currency)} of it`,
    ),
  ]
  const head = `${line}. ${safeLine(description)} (${feeType}): ${moneyText(amount, context.currency)}`
  return [head, ...details.map((text) => `     ${text}`)]
}

function measuredLines(fee: Fee, { measurement }: FeeContext): string[] {
  const { chargeId, units, eventsCount, metricCode } = fee
  if (chargeId === null) return []
  const measured = chargesFor(fee, measurement).find((charge) => charge.chargeId === chargeId)
  return [
    measured
      ? measuredText(measured)
      : `${counted(units, 'unit')} of ${metricCode ?? ''} from ${counted(eventsCount, 'event')}`,
  ]
}

/** Of the period that the fee is for: its own, or the one that it corrects. */
function chargesFor({ cause }: Fee, measurement: Measurement | null): Measurement['charges'] {
  if (cause.corrects === null) return measurement?.charges ?? []
  const corrected = cause.corrects.invoiceId
  return measurement?.corrections.find(({ invoiceId }) => invoiceId === corrected)?.charges ?? []
}

function measuredText({ units, aggregation, metricCode, rounding, parts }: Measurement['charges'][number]): string {
  const rounded = rounding ? `, then ${rounding.fn} to ${counted(rounding.precision, 'place')}` : ''
  const { eventsCount, sum, max, latest, uniqueCount } = parts
  const measures = `sum ${sum}, max ${max ?? '-'}, latest ${latest ?? '-'}, distinct ${uniqueCount}`
  return `${counted(units, 'unit')} = ${aggregation} of ${metricCode} over ${counted(eventsCount, 'event')}${rounded} (${measures})`
}

interface PartStep {
  readonly kind: 'part'
  readonly of: string
  readonly from: number
  readonly to: number
  readonly ofDays: number
  readonly amount: string
}
type OtherStep = { readonly kind: 'carried' | 'further'; readonly amount: string; readonly steps?: number }
type Step = PriceStep | PartStep | OtherStep

function stepText(step: Step): string {
  switch (step.kind) {
    case 'part':
      return `days ${step.from} to ${step.to} of ${step.ofDays}, of ${step.of}: ${step.amount}`
    case 'units':
      return `units ${step.from} to ${step.to ?? 'the end'}: ${step.units} x ${step.unitPrice} + ${step.flatAmount} = ${step.amount}`
    case 'packages':
      return `${counted(String(step.packages), 'package')} of ${step.size} after ${step.freeUnits} free, at ${step.packagePrice} = ${step.amount}`
    case 'minimum':
    case 'maximum':
      return `${step.kind} of the line ${step.limit}: ${step.amount}`
    case 'carried':
      return `left over from an earlier credit: ${step.amount}`
    case 'further':
      return `${counted(String(step.steps ?? 0), 'further step')}: ${step.amount}`
  }
}

function amountBefore({ amount, cause }: Fee): string {
  return cause.corrects?.now ?? (BigInt(amount) + BigInt(cause.carried)).toString()
}

function correctionLines({ amount, cause }: Fee): string[] {
  const { corrects, carried } = cause
  const difference = corrects
    ? [
        `corrects invoice ${corrects.invoiceId}: costs ${corrects.now} now, ${corrects.billed} was billed, ${amount} here`,
      ]
    : []
  return carried === '0' ? difference : [...difference, `of this credit ${carried} is left for the next invoice`]
}

function totalLines(content: InvoiceContent, currency: string): string[] {
  const { taxes, totals } = content
  const money = (minor: string) => moneyText(minor, currency).padStart(20)
  return [
    `${money(totals.subtotal)}  subtotal`,
    ...(totals.coupons === '0' ? [] : [`${money(`-${totals.coupons}`)}  coupons`]),
    ...taxes.map(
      ({ code, rate, taxable, amount }) =>
        `${money(amount)}  ${code}: round(${taxable} x ${rate} %), spread over its lines by largest remainder`,
    ),
    `${money(totals.total)}  total`,
    `${money(totals.amountDue)}  due when issued`,
    addsUp(content) ? 'Everything adds up.' : 'THIS DOES NOT ADD UP: please report it.',
  ]
}
