import type { Delivery, DeliverySearch } from '@billstream/event-sourcing-runtime'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'

const PAGE_MAX = 500
/** Before the first and behind the last delivery that can be. */
export const EVER = { from: '0001-01-01T00:00:00.000Z', to: '9999-12-31T00:00:00.000Z' }

type RetryPorts = Pick<OpsPorts, 'deliveries' | 'clock'>

/** Every delivery of a search, oldest first, in pages. */
export async function* deliveriesOf(
  search: Omit<DeliverySearch, 'after' | 'limit'>,
  { deliveries }: Pick<RetryPorts, 'deliveries'>,
): AsyncIterable<Delivery> {
  let after: Pick<Delivery, 'createdAt' | 'id'> | undefined
  for (;;) {
    const page: Delivery[] = await deliveries.search({ ...search, limit: PAGE_MAX, ...(after && { after }) })
    yield* page
    after = page.at(-1)
    if (page.length < PAGE_MAX) return
  }
}

/** Makes failed deliveries due now: the webhooks service sends them, the same bytes under the same id. Returns how many. */
export async function retryFailed(
  search: Omit<DeliverySearch, 'after' | 'limit' | 'status'>,
  ports: RetryPorts,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<number> {
  let retried = 0
  for await (const { organizationId, id } of deliveriesOf({ ...search, status: 'failed' }, ports)) {
    if (signal.aborted) break
    if (await ports.deliveries.retry(organizationId, id, ports.clock.now())) retried += 1
    progress.advance(1)
  }
  return retried
}
