import { checkTerms } from './billing-terms.check'

const check = (terms: Parameters<typeof checkTerms>[0]) => checkTerms(terms, { currencyField: 'currency' })

describe('billing terms', () => {
  it.each([
    {},
    { timezone: null, currency: null, invoiceGracePeriodDays: null, netPaymentTermDays: null },
    { timezone: 'Europe/Berlin', currency: 'JPY', invoiceGracePeriodDays: 0, netPaymentTermDays: 30 },
  ])('are taken: %j', (terms) => expect(check(terms)).toEqual({ ok: true, value: undefined }))

  it.each([
    [{ timezone: 'Mars/Base' }, 'invalid_timezone', 'timezone'],
    [{ timezone: '+02:00' }, 'invalid_timezone', 'timezone'],
    [{ currency: 'QQQ' }, 'unknown_currency', 'currency'],
    [{ currency: 'XAU' }, 'unknown_currency', 'currency'],
    [{ currency: 'eur' }, 'unknown_currency', 'currency'],
    [{ invoiceGracePeriodDays: -1 }, 'invalid_days', 'invoice_grace_period'],
    [{ netPaymentTermDays: 0.5 }, 'invalid_days', 'net_payment_term'],
  ])('are refused: %j', (terms, code, field) =>
    expect(check(terms)).toMatchObject({ ok: false, error: { code, field } }),
  )

  it('name the currency as it was sent', () =>
    expect(checkTerms({ currency: 'QQQ' }, { currencyField: 'default_currency' })).toMatchObject({
      error: { field: 'default_currency' },
    }))

  it('name everything that is wrong', () =>
    expect(check({ timezone: 'x y', currency: 'QQQ', netPaymentTermDays: -1 })).toMatchObject({
      error: {
        code: 'invalid_timezone',
        errors: [{ field: 'timezone' }, { field: 'currency' }, { field: 'net_payment_term' }],
      },
    }))
})
