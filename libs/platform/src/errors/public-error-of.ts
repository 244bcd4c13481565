import { isInfrastructureFailure } from '@billstream/event-sourcing-runtime'
import { MessageTooLarge, ReplyTooLarge } from '@billstream/messaging'
import { HttpException } from '@nestjs/common'
import { PublicError } from './public-error'

const RETRY_AFTER_SECONDS = 1

/**
 * What a client may know of anything that was thrown. Broken infrastructure is 503 with a time to retry, bugs are 500
 * without their text. Source: architecture.md, section 8.
 */
export function publicErrorOf(error: unknown): PublicError {
  if (error instanceof PublicError) return error
  if (error instanceof MessageTooLarge) return new PublicError(413, 'too_large', 'The request is too large.')
  if (error instanceof ReplyTooLarge) return new PublicError(413, 'too_large', 'The answer is too large: ask for less.')
  if (error instanceof HttpException) return ofHttp(error.getStatus(), error.message)
  const status = statusOf(error)
  if (status !== undefined && error instanceof Error) return ofHttp(status, error.message)
  if (isInfrastructureFailure(error)) return unavailable()
  return new PublicError(500, 'internal_error', 'Internal server error')
}

/** Of Fastify's own refusals: they carry the status. */
function statusOf(error: unknown): number | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined
}

/** The effect may stand: a repeat with the same idempotency key gets its answer. */
function unavailable(): PublicError {
  return new PublicError(503, 'unavailable', 'The request could not be answered in time; try again.', {
    retryAfterSeconds: RETRY_AFTER_SECONDS,
  })
}

function ofHttp(status: number, message: string): PublicError {
  if (status >= 500 && status !== 503) return new PublicError(500, 'internal_error', 'Internal server error')
  const retry = status === 503 ? { retryAfterSeconds: RETRY_AFTER_SECONDS } : {}
  return new PublicError(status, CODES[status] ?? 'bad_request', message, retry)
}

const CODES: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  408: 'timeout',
  413: 'too_large',
  414: 'path_too_long',
  415: 'unsupported_media_type',
  503: 'unavailable',
}
