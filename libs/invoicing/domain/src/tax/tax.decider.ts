import { decimal, ok, refuse, type Result } from '@billstream/kernel'
import { settingDecider, type EventOf } from '@billstream/event-sourcing-core'
import { Tax } from '@billstream/invoicing-contracts'

type TaxFields = EventOf<typeof Tax.Defined>['data']['fields']

const RATE_MAX_PERCENT = 100

/** Further refusals: `rate_out_of_range` (rate: 0 to 100 percent). Source: rules/boxbilling.md section 11. */
export const taxDecider = settingDecider<TaxFields>(Tax, {
  define: ({ rate }) => checkRate(rate),
  change: ({ rate }) => (rate === undefined ? ok(undefined) : checkRate(rate)),
})

function checkRate(rate: string): Result<undefined> {
  const percent = decimal(rate)
  if (percent.isNegative() || percent.greaterThan(RATE_MAX_PERCENT)) {
    return refuse('rate_out_of_range', 'A rate lies between 0 and 100 percent.', 'rate')
  }
  return ok(undefined)
}
