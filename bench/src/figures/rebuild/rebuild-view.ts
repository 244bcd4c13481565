import { ProjectionRebuild, runProjection, type PlatformPorts } from '@billstream/event-sourcing-runtime'
import { subscriptionProjection } from '@billstream/subscriptions-read-model'

/** Far beyond any measurement. */
const CATCH_UP_TIMEOUT_MS = 1_800_000

/** Lets the live projection of subscriptions reach the end of the store: only what has run can be rebuilt. */
export async function catchUpLive(ports: PlatformPorts): Promise<void> {
  const head = await ports.eventStore.head()
  const stop = new AbortController()
  const running = runProjection(subscriptionProjection, ports, stop.signal)
  const done = await ports.viewProgress.reached([subscriptionProjection.name], head, CATCH_UP_TIMEOUT_MS)
  stop.abort()
  await running
  if (!done) throw new Error('The live view did not reach the end of the store in time.')
}

/** Builds the view of subscriptions from the first event on beside the live one, and puts it in its place. */
export async function rebuildView(ports: PlatformPorts): Promise<void> {
  const { signal } = new AbortController()
  const rebuild = await ProjectionRebuild.begin(subscriptionProjection, ports, { anew: true, signal })
  if (!(await rebuild.replace())) throw new Error('The rebuild was broken off.')
}
