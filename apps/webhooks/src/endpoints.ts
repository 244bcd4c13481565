import type { Position } from '@billstream/event-sourcing-core'
import { FACTS_TIMEOUT_MS, ViewsBehind, type PlatformPorts, type ViewReader } from '@billstream/event-sourcing-runtime'
import { webhookEndpointView, type WebhookEndpointRow } from '@billstream/webhooks-read-model'

const PAGE_MAX = 500

/** Every endpoint of an organization, or the active ones. */
export async function endpointsOf(
  views: ViewReader,
  organizationId: string,
  where: { readonly status?: 'active' } = {},
): Promise<WebhookEndpointRow[]> {
  const endpoints: WebhookEndpointRow[] = []
  for (;;) {
    const options = { where, skip: endpoints.length, limit: PAGE_MAX }
    const page = await views.find(webhookEndpointView, organizationId, options)
    endpoints.push(...page)
    if (page.length < PAGE_MAX) return endpoints
  }
}

/** Throws ViewsBehind when a view has not reached the position in time: the events come again. */
export async function viewsReached(
  { viewProgress }: Pick<PlatformPorts, 'viewProgress'>,
  projections: readonly string[],
  position: Position,
): Promise<void> {
  if (await viewProgress.reached(projections, position, FACTS_TIMEOUT_MS)) return
  throw new ViewsBehind(`One of ${projections.join(', ')} is more than ${FACTS_TIMEOUT_MS} ms behind.`)
}
