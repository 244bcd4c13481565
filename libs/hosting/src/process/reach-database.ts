import { StoreUnavailable } from '@billstream/event-sourcing-runtime'
import { CannotStart } from './cannot-start'

/** No such user, no right to enter, a wrong password; no such database. */
const REFUSED = /^(28\w{3}|3D000)$/
/** The driver refuses by itself to log in without a password that the server asks for. */
const NO_PASSWORD = /^SASL: .*password/

/** What was opened at DATABASE_URL. Throws CannotStart when no PostgreSQL answers there, or when it lets nobody in. */
export async function reachDatabase<T>(databaseUrl: string, opening: Promise<T>): Promise<T> {
  try {
    return await opening
  } catch (error) {
    if (!(error instanceof Error) || !isAboutReaching(error)) throw error
    const { host } = new URL(databaseUrl)
    const message = `DATABASE_URL: PostgreSQL at ${decodeURIComponent(host)} cannot be used: ${error.message}.`
    throw new CannotStart(message, { cause: error })
  }
}

function isAboutReaching(error: Error): boolean {
  const { code } = error as { code?: unknown }
  const isRefused = typeof code === 'string' && REFUSED.test(code)
  return error instanceof StoreUnavailable || isRefused || NO_PASSWORD.test(error.message)
}
