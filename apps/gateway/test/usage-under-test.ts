import type { QueryDefinition } from '@billstream/event-sourcing-core'
import { answerWith, topics, type UsageRequest } from '@billstream/messaging'
import { billableMetricView, type BillableMetricRow } from '@billstream/usage-read-model'
import { isDocumented } from './documented'
import { ACME_KEY, startGateway } from './gateway-under-test'

type Json = Record<string, unknown>
type Answer = (data: never) => unknown

/** A gateway whose usage service the spec answers: requests to ingest, and questions. */
export async function startUsage(answer: (request: UsageRequest) => unknown) {
  const gateway = await startGateway()
  const requests: UsageRequest[] = []
  const failures: unknown[] = []
  const queries = new Map<string, Answer>()
  gateway.bus.serve(topics.usage, (taken) =>
    answerWith(
      async () => (taken as UsageRequest[]).map((request) => (requests.push(request), answer(request))),
      (error) => failures.push(error),
    ),
  )
  gateway.bus.serve(topics.queries('usage'), (message) =>
    answerWith(
      async () => {
        const { type, data } = message as { type: string; data: never }
        return queries.get(type)?.(data)
      },
      (error) => failures.push(error),
    ),
  )
  return {
    /** What reached the service, in order. */
    requests,
    async call(method: 'GET' | 'POST', url: string, body?: unknown) {
      const sent = typeof body === 'string' ? { raw: body } : { body }
      const response = await gateway.call(method, url, { key: ACME_KEY, ...sent })
      if (response.status === 500) throw new Error(JSON.stringify(gateway.logged), { cause: failures.at(-1) })
      isDocumented(method, url, response)
      return { ...response, json: response.json as Json & Json[] }
    },
    onQuery: ({ type }: QueryDefinition, reply: Answer) => void queries.set(type, reply),
    /** A metric appears in its view. */
    async show(metric: BillableMetricRow): Promise<void> {
      const projection = { name: 'usage.billable_metric', version: 1 }
      await gateway.ports.views.reset(projection, billableMetricView)
      const writes = { view: billableMetricView, upserts: [metric], removals: [] }
      await gateway.ports.views.commit(projection, { from: 0n, to: 1n }, writes)
    },
    close: () => gateway.application.close(),
  }
}
