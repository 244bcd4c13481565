import type { IncomingMessage } from 'node:http'

/** Bytes of a body that is too large which are still read, so that its sender gets the answer; beyond it is cut off. */
const DRAINED_BYTES_MAX = 64 * 1024 * 1024

/**
 * Reads a body away that will be refused. Without it the connection would be closed while the client still writes, and
 * many clients then report a broken connection instead of the answer.
 */
export async function drainBody(request: IncomingMessage): Promise<void> {
  if (Number(request.headers['content-length']) > DRAINED_BYTES_MAX) return
  request.resume()
  if (request.readableEnded || request.destroyed) return
  await new Promise<void>((resolve) => {
    request.once('end', resolve)
    request.once('close', resolve)
  })
}
