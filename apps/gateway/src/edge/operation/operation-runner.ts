import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import { derivedId } from '@billstream/kernel'
import { PublicError } from '@billstream/platform'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticator } from '../authentication/authenticator'
import { scopeOf, type Caller } from '../authentication/caller'
import { Refused } from '../commands/refused'
import { IDEMPOTENCY_KEY_LENGTH_MAX, type Answer, type Idempotency } from '../idempotency/idempotency'
import { writeJson } from '../json/write-json'
import type { RateLimiter } from '../rate-limits/rate-limiter'
import type { Call, Operation } from './operation'
import { invalid, readRequest } from './read-request'
import { Reply } from './reply'

export interface RateLimits {
  /** Requests of an organization that ingest usage. */
  readonly ingestPerMinute: number
  /** All other calls of one API key. */
  readonly apiPerMinute: number
}

export interface RunnerParts {
  readonly authenticator: Authenticator
  readonly limiter: RateLimiter
  readonly limits: RateLimits
  readonly idempotency: Idempotency
  readonly ports: Pick<PlatformPorts, 'clock' | 'ids'>
}

/** One call over HTTP, and what handles it once it is read. */
interface Exchange<Input extends unknown[] = [input: unknown]> {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly handle: (...input: Input) => Promise<unknown>
}

/** The way of every call: who, how often, what, once, and the answer. */
export class OperationRunner {
  constructor(private readonly parts: RunnerParts) {}

  /** Answers the call; `handle` is the controller's method. Throws PublicError and whatever is broken. */
  async run(operation: Operation, { request, reply, handle }: Exchange): Promise<string> {
    const caller = await this.parts.authenticator.authenticate(operation.access, request.headers)
    if (caller) this.limit(operation, caller, reply)
    const { params, query, body } = readRequest(operation, {
      params: request.params,
      query: request.query,
      body: request.body,
      contentType: request.headers['content-type'],
    })
    const call = this.callOf(operation, request, caller)
    const handled = () => handle({ params, query, body, caller, call })
    const answer = await this.answer(operation, { request, reply, handle: handled }, { caller, call })
    reply.status(answer.status).header('content-type', 'application/json; charset=utf-8')
    return answer.body
  }

  private async answer(
    operation: Operation,
    { request, reply, handle }: Exchange<[]>,
    { caller, call }: { readonly caller: Caller | undefined; readonly call: Call },
  ): Promise<Answer> {
    const run = async () => written(operation, await refusalsOf(operation, handle), reply)
    if (call.idempotencyKey === undefined || !caller) return run()
    const { replayed, ...answer } = await this.parts.idempotency.once(
      {
        caller,
        key: call.idempotencyKey,
        method: operation.method,
        url: request.url,
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
        secret: operation.secret ?? false,
      },
      run,
    )
    if (replayed) reply.header('idempotency-replayed', 'true')
    return answer
  }

  private limit(operation: Operation, caller: Caller, reply: FastifyReply): void {
    const { limits, limiter } = this.parts
    const [name, limit] = operation.ingestion
      ? [`ingest:${scopeOf(caller)}`, limits.ingestPerMinute]
      : [`api:${caller.actor.id}`, limits.apiPerMinute]
    const { allowed, remaining, resetSeconds } = limiter.take(name, limit)
    const headers = {
      'ratelimit-limit': String(limit),
      'ratelimit-remaining': String(remaining),
      'ratelimit-reset': String(resetSeconds),
    }
    reply.headers(headers)
    if (allowed) return
    throw new PublicError(429, 'rate_limited', `At most ${limit} calls a minute are allowed.`, {
      retryAfterSeconds: resetSeconds,
      headers,
    })
  }

  private callOf(operation: Operation, request: FastifyRequest, caller: Caller | undefined): Call {
    const { clock, ids } = this.parts.ports
    const common = { correlationId: request.id, receivedAt: clock.now() }
    const key = operation.method === 'GET' || !caller ? undefined : idempotencyKeyOf(request)
    if (key === undefined || !caller) return { ...common, commandId: ids.next() }
    const path = request.url.split('?', 1)[0] ?? ''
    const commandId = derivedId('idempotency', scopeOf(caller), key, operation.method, path)
    return { ...common, commandId, idempotencyKey: key }
  }
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key === 'string' && key.length >= 1 && key.length <= IDEMPOTENCY_KEY_LENGTH_MAX) return key
  throw invalid([
    {
      type: 'idempotency_key_length',
      loc: ['header', 'Idempotency-Key'],
      msg: `This must have 1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} characters.`,
    },
  ])
}

async function refusalsOf(operation: Operation, handle: () => Promise<unknown>): Promise<unknown> {
  try {
    return await handle()
  } catch (error) {
    if (error instanceof Refused) throw operation.api.errorOf(error.refusal, operation)
    throw error
  }
}

function written(operation: Operation, result: unknown, reply: FastifyReply): Answer {
  const body = result instanceof Reply ? (result.body as unknown) : result
  if (result instanceof Reply) reply.headers(result.headers)
  return { status: operation.status, body: operation.response ? writeJson(body) : '' }
}
