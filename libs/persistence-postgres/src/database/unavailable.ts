import { types } from 'node:util'
import { StoreUnavailable } from '@billstream/event-sourcing-runtime'

const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ENOENT',
])
// Shut down, crashed, starting up; classes: connection exception, insufficient resources (disk full), system error.
const SERVER_CODES = new Set(['57P01', '57P02', '57P03'])
const SERVER_CLASSES = new Set(['08', '53', '58'])
// The driver gives these no code.
const DRIVER_MESSAGES =
  /^(Connection terminated|Client has encountered a connection error|Client was closed|timeout e|timeout expired|Cannot use a pool after calling end)/

/** Whether an error says that the server could not be reached, rather than that it refused the statement. */
export function isUnavailable(error: unknown): boolean {
  // Sockets throw errors of the runtime's own realm, for which instanceof is false under a test runner.
  if (!types.isNativeError(error)) return false
  const { code, errors } = error as Error & { code?: unknown; errors?: unknown }
  if (Array.isArray(errors)) return errors.some(isUnavailable)
  if (typeof code === 'string')
    return SOCKET_CODES.has(code) || SERVER_CODES.has(code) || SERVER_CLASSES.has(code.slice(0, 2))
  return DRIVER_MESSAGES.test(error.message)
}

/** Turns errors of an unreachable server into StoreUnavailable; others stay what they are. */
export function named(error: unknown): unknown {
  return isUnavailable(error) ? new StoreUnavailable(messageOf(error), { cause: error }) : error
}

/** Several addresses of one host fail together, with the message inside. */
function messageOf(error: unknown): string {
  const { message, errors } = error as { message: string; errors?: { message: string }[] }
  return message || (errors?.map((each) => each.message).join('; ') ?? 'The server is out of reach.')
}
