import { EraseCustomer } from '@billstream/accounts-contracts'
import { customerProjection, customerView, type CustomerRow } from '@billstream/accounts-read-model'
import { giveCommand } from '../commands/give-command'
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
 * Has a person forgotten, by the same command as any other erasure, and waits until the key is gone and the view is cleared.
 * Throws CommandEnded when the platform does not get there in time.
 */
export async function eraseCustomer(customerId: string, ops: Ops): Promise<Erased> {
  const ports = await ops.open()
  const { organization_id: organizationId } = await customerRow(customerId, ports)
  const given = { definition: EraseCustomer, data: { customerId }, organizationId }
  const { recorded } = await giveCommand(given, ports, ops)
  await ports.viewProgress.reached([customerProjection.name], await ports.eventStore.head(), CLEAR_TIMEOUT_MS)
  for (let waitedMs = 0; waitedMs < CLEAR_TIMEOUT_MS; waitedMs += LOOK_MS) {
    const keyGone = !(await ports.personKeys.find(organizationId, [customerId])).has(customerId)
    const viewCleared = isCleared(await customerRow(customerId, ports))
    if (keyGone && viewCleared) return { customerId, organizationId, erasedNow: recorded, keyGone, viewCleared }
    if (ops.signal.aborted) break
    await ports.sleeper.sleep(LOOK_MS, ops.signal)
  }
  throw new CommandEnded(
    ops.signal.aborted ? 'interrupted' : 'unavailable',
    'The erasure is recorded, but the key or the view is still there: see dlq list and projections status.',
  )
}

function isCleared({ name, email, billing_metadata }: CustomerRow): boolean {
  return name === '' && email === null && Object.keys(billing_metadata).length === 0
}
