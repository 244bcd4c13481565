import type { OpenSpan, Tracing } from '@billstream/platform'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { GatewaySignals } from './gateway-settings'

/** A path that no route has. */
const NO_ROUTE = 'none'

/** Times requests by their route, never by their path, which may hold anything; and opens the trace of each. */
export function observeRequests(server: FastifyInstance, { metrics, tracing }: GatewaySignals): void {
  server.addHook('onResponse', (request, reply, done) => {
    const labels = { method: request.method, route: routeOf(request), status: String(reply.statusCode) }
    metrics.time('billstream_http_request_seconds', labels, reply.elapsedTime / 1_000)
    done()
  })
  if (tracing) traceRequests(server, tracing)
}

/**
 * A trace begins at our edge and has the id that the answer names in X-Request-Id; a `traceparent` of a client is not
 * followed, since anybody may send one.
 */
function traceRequests(server: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>()
  server.addHook('onRequest', (request, _reply, done) => {
    const attributes = { 'http.request.method': request.method, 'http.route': routeOf(request) }
    const name = `${request.method} ${routeOf(request)}`
    spans.set(request, tracing.start({ name, kind: 'server', correlationId: request.id, attributes }))
    done()
  })
  // The body comes in events of the connection, which belong to no request: only what follows it is within the span.
  server.addHook('preHandler', (request, _reply, done) => {
    const span = spans.get(request)
    if (span) span.within(done)
    else done()
  })
  server.addHook('onResponse', (request, { statusCode }, done) => {
    spans.get(request)?.end({ 'http.response.status_code': statusCode }, statusCode >= 500 ? 'failed' : undefined)
    done()
  })
}

/** Methods are bounded by the server; routes are those of the program. */
function routeOf({ routeOptions }: FastifyRequest): string {
  return routeOptions.url ?? NO_ROUTE
}
