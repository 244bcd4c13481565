import { derivedId } from '@billstream/kernel'
import { deliveriesOf } from '../deliveries/retry-deliveries'
import type { Progress } from '../console/progress'
import type { OpsPorts } from '../ops'
import { Tally, type CheckResult } from './check'

const EVER = { from: '0001-01-01T00:00:00.000Z', to: '9999-12-31T00:00:00.000Z' }

/** One delivery per event, type and endpoint: its id follows from them, and ids are unique. */
export async function verifyDeliveries(
  ports: Pick<OpsPorts, 'deliveries'>,
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<CheckResult[]> {
  const tally = new Tally('3. one delivery id per event and endpoint')
  for await (const { id, eventId, webhookType, endpointId } of deliveriesOf(EVER, ports)) {
    if (signal.aborted) break
    progress.advance(1)
    tally.expect(`delivery ${id}`, derivedId('delivery', eventId, webhookType, endpointId), id)
  }
  return [tally.result]
}
