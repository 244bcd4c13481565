import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { PlatformPorts } from '@billstream/event-sourcing-runtime'
import { PublicError, type PresentError } from '@billstream/platform'

export const JSON_TYPE = 'application/json; charset=utf-8'

/** By the code of Node's parser; whatever else it cannot read is 400. */
const KNOWN: ReadonlyMap<string | undefined, PublicError> = new Map([
  ['ERR_HTTP_REQUEST_TIMEOUT', new PublicError(408, 'timeout', 'The request did not come whole in time.')],
  ['HPE_HEADER_OVERFLOW', new PublicError(431, 'headers_too_large', 'The path or the headers are too large.')],
])
const UNREADABLE = new PublicError(400, 'bad_request', 'This is no request of HTTP.')

/**
 * Answers what never became a request, so that neither a route nor a filter sees it, in the shape of the others; its connection
 * ends, since nobody knows where the next request would begin.
 */
export function clientErrorHandler(present: PresentError, ids: PlatformPorts['ids']) {
  return (error: Pick<NodeJS.ErrnoException, 'code'> & Error, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    if (socket.writable) socket.write(answerOf(KNOWN.get(error.code) ?? UNREADABLE, present, ids.next()))
    socket.destroy(error)
  }
}

function answerOf(failure: PublicError, present: PresentError, requestId: string): string {
  const body = present(failure)
  return [
    `HTTP/1.1 ${failure.status} ${STATUS_CODES[failure.status]}`,
    `X-Request-Id: ${requestId}`,
    `Content-Type: ${JSON_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n')
}
