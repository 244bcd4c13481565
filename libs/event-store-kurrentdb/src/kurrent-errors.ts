import { convertToCommandError, isCommandError, type ErrorType } from '@kurrent/kurrentdb-client'
import { StoreUnavailable } from '@billstream/event-sourcing-runtime'

type FailureType = `${ErrorType}`

/** What the server has decided; the same question gets the same answer. */
const ANSWERS: ReadonlySet<FailureType> = new Set<FailureType>([
  'wrong-expected-version',
  'stream-not-found',
  'stream-deleted',
  'stream-tombstoned',
  'maximum-append-size-exceeded',
  'transaction-max-size-exceeded',
  'append-record-size-exceeded',
  'access-denied',
  'invalid-argument',
  'unsupported',
])
const TOO_LARGE: ReadonlySet<FailureType> = new Set<FailureType>([
  'maximum-append-size-exceeded',
  'transaction-max-size-exceeded',
  'append-record-size-exceeded',
])
/** The server was reached and could not do it just now: the connection is good. */
const OF_THE_MOMENT: ReadonlySet<FailureType> = new Set<FailureType>(['timeout', 'cancelled'])

/** A failure in the port's words. */
export interface Failure {
  /** The client's error where it is an answer of the server, else StoreUnavailable. */
  readonly error: Error
  /** Whether the connection should be opened anew: the server is away, silent, or no longer the leader. */
  readonly lost: boolean
}

/** Sorts what a call of the client has thrown. What is no answer of the server is StoreUnavailable. */
export function failureOf(thrown: unknown): Failure {
  const error = convertToCommandError(thrown instanceof Error ? thrown : new Error(String(thrown)))
  const type = typeOf(error)
  if (type !== undefined && ANSWERS.has(type)) return { error, lost: false }
  return {
    error: new StoreUnavailable(`KurrentDB could not be asked: ${said(error) || type}`, { cause: error }),
    lost: type === undefined || !OF_THE_MOMENT.has(type),
  }
}

/** What the client says, without the heading under which it mostly has nothing to say. */
function said({ message }: Error): string {
  return message.replace(/\s*Resolution note:\s*$/, '')
}

/** The stream is not at the revision that the append expected. */
export function isWrongRevision(error: unknown): boolean {
  return typeOf(error) === 'wrong-expected-version'
}

/** Nothing was ever recorded on the stream. */
export function isUnknownStream(error: unknown): boolean {
  return typeOf(error) === 'stream-not-found'
}

/** Nobody answers, or nobody is let in: an operator must look after the server or the login. */
export function isOutOfReach(error: Error): boolean {
  return error instanceof StoreUnavailable || typeOf(error) === 'access-denied'
}

/** The server's own limit, which counts names and metadata too. */
export function isTooLarge(error: unknown): boolean {
  const type = typeOf(error)
  return type !== undefined && TOO_LARGE.has(type)
}

function typeOf(error: unknown): FailureType | undefined {
  return error instanceof Error && isCommandError(error) ? error.type : undefined
}
