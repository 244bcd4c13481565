import type { IntervalUnit, Period } from '@billstream/kernel'
import type { ChargeModel } from '@billstream/rating'

/** rate: decimal text in percent, 20 = 20 %. */
export interface TaxRate {
  readonly taxId: string
  readonly code: string
  readonly name: string
  readonly rate: string
}

/** The plan version by which something is billed. */
export interface RulingPlan {
  readonly planId: string
  readonly planVersion: number
}

/** The part `stretch` of the full period's base. amount: of the full period, minor units as text. */
export interface BaseInput extends RulingPlan {
  readonly planName: string
  readonly amount: string
  readonly unit: IntervalUnit
  readonly full: Period
  readonly stretch: Period
  readonly timezone: string
}

/** A charge of the plan version: how it was sent, and the form that is priced. */
export interface ChargeToPrice {
  readonly chargeId: string
  readonly metricCode: string
  readonly metricName: string
  readonly chargeModel: string
  readonly properties: Record<string, unknown>
  readonly model: ChargeModel
}

/** units: decimal text, after aggregation and rounding. */
export interface ChargeUsage {
  readonly chargeId: string
  readonly units: string
  readonly eventsCount: number
}

/** A period that is billed whole, its charges in plan order. A charge without usage has 0 units. */
export interface UsageInput extends RulingPlan {
  readonly period: Period
  readonly charges: readonly ChargeToPrice[]
  readonly measured: readonly ChargeUsage[]
}

/** What a charge of an earlier period was billed so far: its fee and every correction of it. taxes: those it was billed with. */
export interface BilledCharge extends ChargeUsage {
  readonly amount: string
  readonly taxes: readonly TaxRate[]
}

/** An earlier period whose usage changed after it was billed by `invoiceId`, measured again whole. */
export interface CorrectionInput extends UsageInput {
  readonly invoiceId: string
  readonly billed: readonly BilledCharge[]
  /** Of a charge that was not billed at all. */
  readonly taxes: readonly TaxRate[]
}

/** What an earlier invoice could not bear of a credit. rest: minor units as text, negative. billed: so far, in all. */
export interface CarriedCredit extends RulingPlan {
  /** The invoice whose period is credited. */
  readonly invoiceId: string
  readonly period: Period
  readonly chargeId: string
  readonly metricCode: string
  readonly chargeModel: string
  readonly description: string
  readonly exact: string
  readonly billed: string
  readonly rest: string
  readonly taxes: readonly TaxRate[]
}

/** Everything an invoice is made of; the same inputs give the same invoice, byte for byte. */
export interface InvoiceInputs {
  readonly invoiceId: string
  readonly measurementId: string | null
  readonly watermark: string | null
  readonly base: BaseInput | null
  readonly usage: UsageInput | null
  /** Oldest period first. */
  readonly corrections: readonly CorrectionInput[]
  readonly carried: readonly CarriedCredit[]
  /** Those in force for this customer now, each on every line. */
  readonly taxes: readonly TaxRate[]
}
