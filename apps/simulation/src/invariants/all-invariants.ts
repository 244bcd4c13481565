import { billIsRight } from './bill.invariant'
import { oneInvoicePerBoundary, periodsTile } from './boundaries.invariant'
import { oneDeliveryPerEvent, oneEffectPerCommand, processesTakeEventsOnce } from './effects.invariant'
import { feesFollowFromEvents } from './fees.invariant'
import { numbersWithoutGap } from './invoice-numbers.invariant'
import { invoiceSums } from './invoice-sums.invariant'
import type { Invariant } from './observed-world'
import { onceIsOnce } from './once.invariant'
import { moneyMovesOnce } from './payments.invariant'
import { previewIsInvoice } from './previews.invariant'
import { nothingIsBroken } from './stillness.invariant'
import { usageIsKeptOnce } from './usage.invariant'
import { freshRowsAreRebuilt, liveIsRebuilt } from './views.invariant'

/** Checked after each step. Source: domain.md, section 14. */
export const WHENEVER_STILL: readonly Invariant[] = [
  nothingIsBroken,
  usageIsKeptOnce,
  oneEffectPerCommand,
  processesTakeEventsOnce,
  freshRowsAreRebuilt,
  onceIsOnce,
  oneInvoicePerBoundary,
  periodsTile,
  invoiceSums,
  feesFollowFromEvents,
  numbersWithoutGap,
  moneyMovesOnce,
  previewIsInvoice,
  oneDeliveryPerEvent,
]

/** Checked once everything has ended and late usage is billed. */
export const AT_THE_END: readonly Invariant[] = [billIsRight, liveIsRebuilt]
