import type { Log } from '@billstream/event-sourcing-runtime'
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common'
import { PublicError } from './public-error'
import { publicErrorOf } from './public-error-of'

/** The parts of a Fastify request and reply that the filter uses. */
interface FailedRequest {
  readonly id: string
  readonly method: string
  readonly routeOptions?: { readonly url?: string | undefined }
}
interface FailureReply {
  code(status: number): FailureReply
  header(name: string, value: string): FailureReply
  send(body: string): unknown
}

/** The body of an error in the shape of the API that the request was for. */
export type PresentError = (error: PublicError) => string

/** Answers whatever is thrown, and logs what is our own fault with the request's id. Source: architecture.md, section 8. */
@Catch()
export class FailureFilter implements ExceptionFilter {
  constructor(
    private readonly log: Log,
    private readonly present: PresentError,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    const failure = publicErrorOf(error)
    this.note(error, failure, http.getRequest<FailedRequest>())
    const reply = http.getResponse<FailureReply>().code(failure.status)
    for (const [name, value] of headersOf(failure)) reply.header(name, value)
    reply.header('content-type', 'application/json; charset=utf-8').send(this.present(failure))
  }

  private note(error: unknown, { status, code }: PublicError, request: FailedRequest): void {
    if (status < 500) return
    const { id, method, routeOptions } = request
    const err = error instanceof Error ? error : new Error(String(error))
    const fields = { correlationId: id, method, route: routeOptions?.url, status, code, err }
    if (status === 503) this.log.warn(fields, 'A request could not be answered.')
    else this.log.error(fields, 'A request failed.')
  }
}

function headersOf({ options }: PublicError): [string, string][] {
  const retry: [string, string][] =
    options.retryAfterSeconds === undefined ? [] : [['retry-after', String(options.retryAfterSeconds)]]
  return [...retry, ...Object.entries(options.headers ?? {})]
}
