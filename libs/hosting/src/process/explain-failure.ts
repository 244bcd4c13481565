import { EventStoreUrlUnusable } from '@billstream/event-store-kurrentdb'
import { canBeMended } from './can-be-mended'
import type { Environment } from '../settings/setting-reader'

/** Where programs listen. */
const PORTS = ['PORT', 'HEALTH_PORT']
/** What the system says where this user, or nobody at all, may write. */
const DENIED: ReadonlySet<string | undefined> = new Set(['EACCES', 'EPERM', 'EROFS'])

/** What an operator can mend is said in a sentence; anything else is a bug, and keeps its stack. */
export function explainFailure(error: unknown, environment: Environment): string {
  if (canBeMended(error)) return error.message
  if (error instanceof EventStoreUrlUnusable) return `EVENT_STORE_URL: ${error.message}`
  if (isAboutListening(error)) return explainListening(error, environment)
  if (isAboutRights(error)) return `DATA_DIR: ${error.message}.`
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

type ListenError = NodeJS.ErrnoException & { readonly address: string; readonly port: number }

/** Sockets throw errors of the runtime's own realm, for which instanceof is false under a test runner. */
function isAboutListening(error: unknown): error is ListenError {
  const { syscall, address, port } = (error ?? {}) as Partial<ListenError>
  return syscall === 'listen' && address !== undefined && port !== undefined
}

function isAboutRights(error: unknown): error is NodeJS.ErrnoException {
  return DENIED.has((error as Partial<NodeJS.ErrnoException> | undefined)?.code)
}

function explainListening({ code, address, port, message }: ListenError, environment: Environment): string {
  const given = PORTS.filter((name) => Number(environment[name]) === port)
  // The one with a default.
  const setting = given.join(' or ') || 'PORT'
  const where = `${address.includes(':') ? `[${address}]` : address}:${port}`
  if (code === 'EADDRINUSE') return `${setting}: ${where} is taken by another program; choose another ${setting}.`
  if (code === 'EACCES') return `${setting}: this user may not listen at ${where}; choose a port from 1024 on.`
  return `${setting}: ${message}.`
}
