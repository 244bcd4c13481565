import { EraseCustomer } from '@billstream/accounts-contracts'
import { customerProjection, customerView, type CustomerRow } from '@billstream/accounts-read-model'
import { ErasePaymentDetails } from '@billstream/checkout-contracts'
import { paymentMethodProjection, paymentMethodView } from '@billstream/checkout-read-model'
import { giveCommand } from '../commands/give-command'
import { allRows } from '../console/all-rows'
import { CommandEnded, refused } from '../console/outcome'
import type { Ops, OpsPorts } from '../ops'

/** How long the parts of the platform may take to clear what they hold, and how often is looked, in milliseconds. */
const CLEAR_TIMEOUT_MS = 30_000
const LOOK_MS = 100

/** What is gone, as far as it was looked at. */
export interface Erased {
  readonly customerId: string
  readonly organizationId: string
  /** false: the person was erased before, and nothing had to change. */
  readonly erasedNow: boolean
  readonly keyGone: boolean
  readonly viewCleared: boolean
}

/** The row of a customer of any organization. Throws CommandEnded where there is none. */
export async function customerRow(customerId: string, { viewsAnywhere }: OpsPorts): Promise<CustomerRow> {
  const row = await viewsAnywhere.getAnywhere(customerView, customerId)
  if (!row) throw refused(`CUSTOMER: there is no customer ${customerId}.`)
  return row
}

/**
 * Has a person forgotten, by the same command as any other erasure, and waits until the key is gone and the views are cleared.
 * Throws CommandEnded when the platform does not get there in time.
 */
export async function eraseCustomer(customerId: string, ops: Ops): Promise<Erased> {
  const ports = await ops.open()
  const { organization_id: organizationId } = await customerRow(customerId, ports)
  const given = { data: { customerId }, organizationId }
  const { recorded } = await giveCommand({ definition: EraseCustomer, ...given }, ports, ops)
  // Who was erased before details were personal data has kept them.
  if (!recorded && (await holdsDetails(customerId, organizationId, ports))) {
    await giveCommand({ definition: ErasePaymentDetails, ...given }, ports, ops)
  }
  const views = [customerProjection.name, paymentMethodProjection.name]
  await ports.viewProgress.reached(views, await ports.eventStore.head(), CLEAR_TIMEOUT_MS)
  for (let waitedMs = 0; waitedMs < CLEAR_TIMEOUT_MS; waitedMs += LOOK_MS) {
    const keyGone = !(await ports.personKeys.find(organizationId, [customerId])).has(customerId)
    const viewCleared =
      isCleared(await customerRow(customerId, ports)) && !(await holdsDetails(customerId, organizationId, ports))
    if (keyGone && viewCleared) return { customerId, organizationId, erasedNow: recorded, keyGone, viewCleared }
    if (ops.signal.aborted) break
    await ports.sleeper.sleep(LOOK_MS, ops.signal)
  }
  throw new CommandEnded(
    ops.signal.aborted ? 'interrupted' : 'unavailable',
    'The erasure is recorded, but the key or a view is still there: see dlq list and projections status, and whether accounts and checkout run.',
  )
}

async function holdsDetails(customerId: string, organizationId: string, ports: OpsPorts): Promise<boolean> {
  const own = { organization_id: organizationId, customer_id: customerId }
  for await (const { details } of allRows(paymentMethodView, own, ports)) {
    if (Object.keys(details).length > 0) return true
  }
  return false
}

function isCleared({ name, email, billing_metadata }: CustomerRow): boolean {
  return name === '' && email === null && Object.keys(billing_metadata).length === 0
}
