import type { AccountsRefusal } from '@billstream/accounts-contracts'
import { isTimezone, ok, parseCurrency, type Refusal, type Result } from '@billstream/kernel'

/** What is not given, or null (inherited), is not looked at. */
export interface GivenTerms {
  readonly timezone?: string | null | undefined
  readonly currency?: string | null | undefined
  readonly invoiceGracePeriodDays?: number | null | undefined
  readonly netPaymentTermDays?: number | null | undefined
}

interface TermFields {
  /** What the currency is called where it was sent. */
  readonly currencyField: 'currency' | 'default_currency'
}

type TermRefusal = Refusal<Extract<AccountsRefusal, 'invalid_timezone' | 'unknown_currency' | 'invalid_days'>>

/**
 * Whether one can bill by these terms: an IANA timezone, a currency of ISO 4217 in capitals, whole days from 0.
 * Refusals, all of them together: `invalid_timezone`, `unknown_currency`, `invalid_days`. Source: rules/boxbilling.md, sections 2 and 3.
 */
export function checkTerms(terms: GivenTerms, fields: TermFields): Result<undefined, TermRefusal['code']> {
  const [first, ...others] = [
    ...timezoneErrors(terms.timezone),
    ...currencyErrors(terms.currency, fields.currencyField),
    ...daysErrors(terms.invoiceGracePeriodDays, 'invoice_grace_period'),
    ...daysErrors(terms.netPaymentTermDays, 'net_payment_term'),
  ]
  if (!first) return ok(undefined)
  return { ok: false, error: others.length === 0 ? first : { ...first, errors: [first, ...others] } }
}

function timezoneErrors(timezone: string | null | undefined): TermRefusal[] {
  if (timezone === undefined || timezone === null || isTimezone(timezone)) return []
  return [{ code: 'invalid_timezone', message: 'This is not the name of a timezone.', field: 'timezone' }]
}

function currencyErrors(currency: string | null | undefined, field: string): TermRefusal[] {
  if (currency === undefined || currency === null) return []
  const parsed = parseCurrency(currency)
  if (parsed.ok && parsed.value === currency) return []
  return [{ code: 'unknown_currency', message: `${currency} is not a currency of ISO 4217.`, field }]
}

function daysErrors(days: number | null | undefined, field: string): TermRefusal[] {
  if (days === undefined || days === null || (Number.isSafeInteger(days) && days >= 0)) return []
  return [{ code: 'invalid_days', message: 'This must be a whole number of days from 0.', field }]
}
