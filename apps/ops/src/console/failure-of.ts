import { isInfrastructureFailure } from '@billstream/event-sourcing-runtime'
import { CommandEnded, type Failure } from './outcome'

/** What an error of whatever kind means to the operator. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommandEnded) return { code: error.outcome, message: error.message }
  const message = error instanceof Error ? error.message : String(error)
  if (isInfrastructureFailure(error)) return { code: 'unavailable', message: `Out of reach: ${message}` }
  return { code: 'failed', message, ...(error instanceof Error && error.stack !== undefined && { stack: error.stack }) }
}
