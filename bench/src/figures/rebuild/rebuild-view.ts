import { runProjection, type PlatformPorts } from '@billstream/event-sourcing-runtime'
import { subscriptionProjection } from '@billstream/subscriptions-read-model'

/** Far beyond any measurement. */
const REBUILD_TIMEOUT_MS = 1_800_000

/** Rebuilds the view of subscriptions from its first event to the last one. */
export async function rebuildView(ports: PlatformPorts): Promise<void> {
  const head = await ports.eventStore.head()
  await ports.viewWriter.reset(subscriptionProjection, subscriptionProjection.view)
  const stop = new AbortController()
  const running = runProjection(subscriptionProjection, ports, stop.signal)
  const done = await ports.viewProgress.reached([subscriptionProjection.name], head, REBUILD_TIMEOUT_MS)
  stop.abort()
  await running
  if (!done) throw new Error('The view was not rebuilt in time.')
}
