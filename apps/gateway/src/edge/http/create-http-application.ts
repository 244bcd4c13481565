import type { IncomingMessage } from 'node:http'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import type { DynamicModule } from '@nestjs/common'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import { nestLogger, publicErrorOf, type PresentError } from '@billstream/platform'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { OperationRunner } from '../operation/operation-runner'
import { clientErrorHandler, JSON_TYPE } from './client-errors'
import { drainBody } from './drain-body'
import type { EdgeFilter } from './edge.filter'
import type { GatewaySignals } from './gateway-settings'
import { observeRequests } from './observe-requests'

/** Bytes of one request's body. */
const BODY_BYTES_MAX = 5 * 1024 * 1024
/** A whole request has come by then, body included, or its connection is closed. */
const REQUEST_TIMEOUT_MS = 60_000
/** Characters of one path parameter: an external id of 255 characters, percent-encoded. */
const PARAM_LENGTH_MAX = 4_000
const REQUEST_ID = 'x-request-id'
const EXPOSED_HEADERS = ['X-Total-Count', 'X-Request-Id', 'Idempotency-Replayed', 'Retry-After']
/** A media type as HTTP writes it: two tokens, and parameters after them. */
const MEDIA_TYPE = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/
const UNKNOWN_TYPE = 'application/octet-stream'
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

export interface HttpParts {
  readonly module: DynamicModule
  readonly runner: OperationRunner
  readonly filter: EdgeFilter
  /** The body of an error that no route has seen. */
  readonly presentError: PresentError
  readonly corsOrigins: readonly string[]
  readonly signals: GatewaySignals | undefined
  readonly ports: Pick<PlatformPorts, 'ids' | 'log'>
}

/** A Nest application on Fastify that keeps raw bodies, is tolerant of trailing slashes and names every request. */
export async function createHttpApplication(parts: HttpParts): Promise<NestFastifyApplication> {
  const { ids, log } = parts.ports
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    requestIdHeader: false,
    // What comes while it closes is answered as always.
    return503OnClosing: false,
    genReqId: (request: IncomingMessage) => requestIdOf(request.headers[REQUEST_ID]) ?? ids.next(),
    frameworkErrors: (error: Error, { id }: FastifyRequest, reply: FastifyReply) => {
      const failure = publicErrorOf(error)
      void reply.code(failure.status).header(REQUEST_ID, id).type(JSON_TYPE).send(parts.presentError(failure))
    },
    clientErrorHandler: clientErrorHandler(parts.presentError, ids),
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: PARAM_LENGTH_MAX },
  })
  // Before the hook of CORS, which answers what it knows itself.
  adapter.setOnRequestHook((request, reply, done) => {
    reply.header(REQUEST_ID, request.id)
    done()
  })
  const application = await NestFactory.create<NestFastifyApplication>(parts.module, adapter, {
    bodyParser: false,
    logger: nestLogger(log),
    abortOnError: false,
  })
  application.enableCors({
    origin: [...parts.corsOrigins],
    credentials: true,
    exposedHeaders: EXPOSED_HEADERS,
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    // Else an OPTIONS of no browser would be refused in a text that is not the API's.
    strictPreflight: false,
  })
  application.useGlobalFilters(parts.filter)
  adapter.getInstance().decorate('operations', parts.runner)
  prepare(adapter.getInstance(), parts.ports.log)
  if (parts.signals) observeRequests(adapter.getInstance(), parts.signals)
  return application
}

/** The client's own id is kept where it can be one of ours. */
function requestIdOf(sent: string | string[] | undefined): string | undefined {
  const id = typeof sent === 'string' ? sent.toLowerCase() : ''
  return UUID.test(id) ? id : undefined
}

function prepare(server: FastifyInstance, log: PlatformPorts['log']): void {
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  server.addHook('onRequest', (request, _reply, done) => {
    labelUnknown(request)
    done()
  })
  server.addHook('onRequest', async (request) => {
    if (Number(request.headers['content-length']) > BODY_BYTES_MAX) await drainBody(request.raw)
  })
  server.addHook('onResponse', (request, reply, done) => {
    noteResponse(request, reply, log)
    done()
  })
}

/** Of a content type that is none Fastify would say so before anybody has asked who calls, and with a status that no API here has. */
function labelUnknown(request: FastifyRequest): void {
  const type = request.headers['content-type']
  if (type === undefined || MEDIA_TYPE.test(type)) return
  request.headers = { ...request.headers, 'content-type': UNKNOWN_TYPE }
}

/** The route, not the path: paths and queries may hold what is personal or secret. */
function noteResponse(request: FastifyRequest, reply: FastifyReply, log: PlatformPorts['log']): void {
  const { id, method, routeOptions } = request
  const fields = {
    correlationId: id,
    method,
    route: routeOptions.url,
    status: reply.statusCode,
    durationMs: Math.round(reply.elapsedTime),
  }
  log.info(fields, 'request')
}
